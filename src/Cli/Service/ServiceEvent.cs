using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;

namespace KernelForge.Cli.Service;

/// <summary>One event of a submission's or run's stream.</summary>
/// <param name="Type">The JSON's <c>event</c>.</param>
/// <param name="Json">The JSON.</param>
internal sealed record ServiceEvent(string Type, string Json)
{
    /// <summary>Nothing follows it.</summary>
    public bool IsLast => Type is "stopped" or "succeeded" or "failed" or "cancelled";

    /// <summary>Why; null where it says nothing.</summary>
    public string? Message
    {
        get
        {
            using var document = JsonDocument.Parse(Json);
            return document.RootElement.TryGetProperty("message", out var message) ? message.GetString() : null;
        }
    }

    /// <summary>As an event of a search; null for one of the lifecycle, or one that only a newer version knows.</summary>
    public RunEvent? OfRun() => Type is "run_started" or "round_started" or "model_replied" or "evaluated" or "improved" or "advised" or "stopped"
        ? JsonSerializer.Deserialize(Json, ContractsJson.Default.RunEvent)
        : null;
}
