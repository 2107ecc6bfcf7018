using System.Net;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Runs;

public sealed class RunTests(RestService rest) : IClassFixture<RestService>
{
    private const string Order = """{"task":"activation/gelu","coder":"replay:demo"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_accepted_run_is_queued_with_the_usual_team_and_rounds()
    {
        var run = await FindAsync(await RunAsync());

        Assert.Equal("queued", run.Status);
        Assert.Equal(("coder-judge", "rules", 5), (run.Report.Strategy, run.Judge, run.Rounds));
        Assert.Equal("", run.Report.StopReason);
        Assert.Empty(run.Report.Rounds);
        Assert.Null(run.Report.Best);
    }

    [Fact]
    public async Task A_report_grows_with_the_rounds()
    {
        var id = await RunAsync();
        await rest.RoundAsync(id, 0, "// slow", latencyMs: 4, advice: null);
        await rest.RoundAsync(id, 1, "// fast", latencyMs: 2, Advice("use vectors"));

        var report = (await FindAsync(id)).Report;

        Assert.Equal([0, 1], report.Rounds.Select(round => round.Number));
        Assert.Equal("use vectors", report.Rounds[0].Advice!.Fix);
        Assert.Null(report.Rounds[1].Advice);
        Assert.Equal(Rows.Hash("// fast"), report.Best!.SolutionSha256);
        Assert.Equal((2, 200, 1.0m), (report.Usage.Calls, report.Usage.InputTokens, report.Usage.CostUsd));
    }

    [Fact]
    public async Task Advice_shows_before_the_round_that_follows_it()
    {
        var id = await RunAsync();
        await rest.RoundAsync(id, 0, "// slow", latencyMs: 4, advice: null);
        await rest.HappenedAsync(id, new Advised { RunId = id.ToString(), At = DateTimeOffset.UnixEpoch, Round = 0, About = 0, Advice = Advice("unroll") });

        Assert.Equal("unroll", (await FindAsync(id)).Report.Rounds[0].Advice!.Fix);
    }

    [Fact]
    public async Task A_cancelled_run_keeps_its_rounds_and_says_so()
    {
        var id = await RunAsync();
        await rest.RoundAsync(id, 0, "// kept", latencyMs: 4, advice: null);

        using var first = await rest.Http.DeleteAsync($"/api/v1/runs/{id}", Cancelled);
        using var second = await rest.Http.DeleteAsync($"/api/v1/runs/{id}", Cancelled);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        var run = await FindAsync(id);
        Assert.Equal(("cancelled", "cancelled", 1), (run.Status, run.Report.StopReason, run.Report.Rounds.Count));
    }

    [Fact]
    public async Task A_list_shows_runs_newest_first()
    {
        var older = await RunAsync();
        var newer = await RunAsync();

        var page = JsonSerializer.Deserialize(await rest.Http.GetStringAsync("/api/v1/runs?limit=2&state=queued", Cancelled), ContractsJson.Default.ListingRunStatus)!;

        Assert.Equal([newer, older], page.Items.Select(run => run.Id));
    }

    [Fact]
    public async Task The_same_key_makes_one_run()
    {
        using var first = await rest.PostAsync("/api/v1/runs", Order, "a-run");
        using var second = await rest.PostAsync("/api/v1/runs", Order, "a-run");

        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Theory]
    [InlineData("""{"task":"activation/gelu"}""", "coder")]
    [InlineData("""{"task":"activation/gelo","coder":"replay:demo"}""", "activation/gelu")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:nothing"}""", "known: demo")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:../demo"}""", "transcript")]
    [InlineData("""{"task":"activation/gelu","coder":"rules"}""", "writes no kernels")]
    [InlineData("""{"task":"activation/gelu","coder":"gpt"}""", "known: openai:MODEL")]
    [InlineData("""{"task":"activation/gelu","coder":"antropic:x"}""", "did you mean anthropic?")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","judge":"nobody"}""", "judge: ")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","strategy":"guess"}""", "known: coder-judge")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","strategy":"evolv"}""", "did you mean evolve?")]
    [InlineData("""{"task":"activation/gelu","coder":"simulated:genius"}""", "simulated:genius")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","strategy":"tune"}""", "asks no model")]
    [InlineData("""{"task":"activation/gelu","coder":"solution:00","strategy":"tune","solution":"x"}""", "the hash of the solution")]
    [InlineData("""{"task":"activation/gelu","coder":"solution:00"}""", "only strategy tune")]
    [InlineData("""{"task":"activation/gelu","coder":"simulated:student,nobody","strategy":"portfolio"}""", "coder: ")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","rounds":10000}""", "1 to 1000")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","budget_usd":0}""", "budget_usd: expected more than 0")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","rounds":0}""", "1 to 1000")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","rounds":1.5}""", "rounds: expected a whole number")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","rounds":"5"}""", "rounds: expected a whole number")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","budget_usd":-1}""", "budget_usd: ")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","target_speedup":0}""", "target_speedup: ")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","platform":"cuda"}""", "platform: ")]
    [InlineData("""{"task":"activation/gelu","coder":"replay:demo","temperature":1}""", "temperature")]
    public async Task A_bad_order_is_told_what_is_wrong(string body, string named)
    {
        using var response = await rest.PostAsync("/api/v1/runs", body);

        var problem = await RestService.ProblemAsync(response, 400);
        Assert.Contains(named, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private async Task<Guid> RunAsync()
    {
        using var response = await rest.PostAsync("/api/v1/runs", Order);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(Cancelled), ContractsJson.Default.Accepted)!.Id;
    }

    private async Task<RunStatus> FindAsync(Guid id) =>
        JsonSerializer.Deserialize(await rest.Http.GetStringAsync($"/api/v1/runs/{id}", Cancelled), ContractsJson.Default.RunStatus)!;

    private static JudgeAdvice Advice(string fix) => new() { Mode = "optimisation", Issue = "it is slow", Reason = "scalar loads", Fix = fix, Source = "rules" };
}
