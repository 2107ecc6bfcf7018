using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Tests.Features.Submissions;

/// <summary>The whole way once: REST, a worker, the evaluator, the simulator, and what REST says afterwards.</summary>
public sealed class JudgedSubmissionTests(ServiceFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_solution_passes()
    {
        await using var service = await Service.StartAsync(fixture.Settings(await fixture.NewDatabaseAsync(), workers: 1), Cancelled);
        using HttpClient http = new() { BaseAddress = new Uri(service.Addresses[0]) };
        using StringContent order = new(
            new JsonObject { ["task"] = "activation/gelu", ["code"] = RestService.Example("activation/gelu.good"), ["preset"] = "small" }.ToJsonString(), null, "application/json");
        using var accepted = await http.PostAsync("/api/v1/submissions", order, Cancelled);

        var events = await http.GetStringAsync($"{accepted.Headers.Location}/events", Cancelled);

        var status = JsonSerializer.Deserialize(await http.GetStringAsync(accepted.Headers.Location, Cancelled), ContractsJson.Default.SubmissionStatus)!;
        Assert.Equal(("succeeded", "passed"), (status.Status, status.Outcome?.Status));
        Assert.Equal(["queued", "running", "succeeded"], events.Split('\n').Where(line => line.StartsWith("event: ", StringComparison.Ordinal)).Select(line => line["event: ".Length..]));
        var workers = JsonSerializer.Deserialize(await http.GetStringAsync("/api/v1/workers", Cancelled), ContractsJson.Default.IReadOnlyListServiceWorker)!;
        Assert.Equal(Environment.ProcessId, Assert.Single(workers).Pid);
    }
}
