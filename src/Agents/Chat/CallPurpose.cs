using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>
/// What a call is for. It travels beside the messages (<see cref="ChatOptions.AdditionalProperties"/>), so that recordings
/// and telemetry know the call without reading its prompt; providers never see it.
/// </summary>
public sealed record CallPurpose(string Task, string Role, int Round, string Mode)
{
    private const string Key = "kernelforge.purpose";

    /// <summary>Options that carry this purpose.</summary>
    public ChatOptions Attach(ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AdditionalProperties ??= [];
        options.AdditionalProperties[Key] = this;
        return options;
    }

    /// <summary>The purpose that options carry; null where they carry none.</summary>
    public static CallPurpose? Of(ChatOptions? options) =>
        options?.AdditionalProperties is { } properties && properties.TryGetValue(Key, out var value) ? value as CallPurpose : null;
}
