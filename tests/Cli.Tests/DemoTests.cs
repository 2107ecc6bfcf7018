using KernelForge.Cli.Runs;
using KernelForge.Cli.Tests.Samples;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Cli.Tests;

public sealed class DemoTests : IDisposable
{
    private static readonly JudgeAdvice Advice = new() { Mode = "correction", Issue = "reads past the end", Reason = "the grid covers more than x", Fix = "test the index", Source = "rules" };

    private readonly TestCli _cli = new();

    public DemoTests()
    {
        _cli.AddFile("bench-tasks/reduce/sum_reduction_over_a_dimension.py", "x = 1\n");
    }

    [Fact]
    public async Task It_exits_0_when_a_failure_was_mended_and_every_task_improved()
    {
        _cli.Search = (order, _) => Run(order, Failed(0), Passed(1, 4.0, parent: 0), Passed(2, 3.0, parent: 1));

        Assert.Equal(0, await _cli.RunAsync("demo"));
        Assert.Contains("ranked by speed-up", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("attempts.jsonl", _cli.Out, StringComparison.Ordinal);
        Assert.Empty(_cli.Error);
    }

    [Fact]
    public async Task Without_an_improvement_it_fails_and_names_the_task()
    {
        _cli.Search = (order, _) => Run(order, Failed(0), Passed(1, 4.0, parent: 0));

        Assert.Equal(70, await _cli.RunAsync("demo"));
        Assert.Contains("activation/gelu: no round was faster", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_mended_failure_it_fails()
    {
        _cli.Search = (order, _) => Run(order, Passed(0, 4.0, parent: null), Passed(1, 3.0, parent: 0));

        Assert.Equal(70, await _cli.RunAsync("demo"));
        Assert.Contains("no failed kernel was mended", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempts_that_were_not_written_fail_it()
    {
        _cli.Search = (order, _) => Run(order with { Folder = Path.Combine(_cli.Root, "elsewhere", order.RunId) }, Failed(0), Passed(1, 4.0, parent: 0), Passed(2, 3.0, parent: 1));

        Assert.Equal(70, await _cli.RunAsync("demo"));
        Assert.Contains("holds 0 attempts; 9 were made", _cli.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();

    private static RunReport Run(SearchOrder order, params RoundReport[] rounds)
    {
        Directory.CreateDirectory(order.Folder);
        File.WriteAllLines(order.AttemptsPath, rounds.Select(_ => "{}"));
        var best = rounds.Where(round => round.Outcome is Passed).MinBy(round => round.Outcome.Performance?.LatencyMs);
        return new RunReport
        {
            RunId = order.RunId,
            Task = order.Task.Name,
            Strategy = order.Strategy,
            Status = "succeeded",
            StopReason = "transcript_ended",
            Rounds = rounds,
            Best = best is null ? null : new BestSolution { SolutionSha256 = best.Outcome.Solution.Sha256, LatencyMs = best.Outcome.Performance?.LatencyMs },
            Usage = new ModelUsage(),
        };
    }

    private static RoundReport Failed(int number) => new() { Number = number, Mode = "first", Outcome = Outcomes.MemoryError, Advice = Advice };

    private static RoundReport Passed(int number, double latencyMs, int? parent) => new()
    {
        Number = number,
        Mode = "optimisation",
        Parent = parent,
        Outcome = Outcomes.Passed with { Performance = Outcomes.Passed.Performance! with { LatencyMs = latencyMs } },
    };
}
