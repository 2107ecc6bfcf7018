using KernelForge.Cli.Demo;
using KernelForge.Cli.Tests.Samples;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Tests;

/// <summary>When the demo may say that everything happened. That it happens, tests/EndToEnd shows with the program as users run it.</summary>
public sealed class DemoTests
{
    private const string Task = "activation/gelu";

    private static readonly JudgeAdvice Advice = new() { Mode = "correction", Issue = "reads past the end", Reason = "the grid covers more than x", Fix = "test the index", Source = "rules" };

    [Fact]
    public void A_failure_that_was_mended_an_improvement_and_a_row_on_the_board_are_everything()
    {
        var run = Run(Failed(0), Passed(1, 4.0, parent: 0), Passed(2, 3.0, parent: 1));

        Assert.Empty(DemoProof.Shortfalls([run], [Row(run)]));
    }

    [Fact]
    public void A_run_without_an_improvement_is_named()
    {
        var run = Run(Failed(0), Passed(1, 4.0, parent: 0));

        Assert.Equal([$"{Task}: no round was faster than the first that passed"], DemoProof.Shortfalls([run], [Row(run)]));
    }

    [Fact]
    public void Without_a_mended_failure_it_is_not_shown_what_advice_is_for()
    {
        var run = Run(Passed(0, 4.0, parent: null), Passed(1, 3.0, parent: 0));

        Assert.Equal(["no failed kernel was mended by advice"], DemoProof.Shortfalls([run], [Row(run)]));
    }

    [Fact]
    public void A_winner_that_does_not_stand_on_the_board_is_named()
    {
        var run = Run(Failed(0), Passed(1, 4.0, parent: 0), Passed(2, 3.0, parent: 1));

        var shortfall = Assert.Single(DemoProof.Shortfalls([run], [Row(run) with { SolutionSha256 = "another" }]));
        Assert.Contains("does not stand on the board", shortfall, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_a_fault_ended_says_the_fault()
    {
        var run = Run(Failed(0)) with { Status = "failed", Fault = new EvaluatorFault { ExitCode = 69, Message = "no sandbox" } };

        Assert.Contains($"{Task}: no sandbox", DemoProof.Shortfalls([run], []));
    }

    [Theory]
    [InlineData(true, 3, 3, 0)]
    [InlineData(true, 2, 3, 1)]
    [InlineData(false, 3, 3, 1)]
    public void A_dataset_must_be_intact_and_hold_a_row_for_each_winner(bool intact, int rows, int winners, int shortfalls)
    {
        DatasetVerification found = new() { Folder = "/x", Intact = intact, Files = 4, Rows = rows, Problems = intact ? [] : [new DatasetProblem { File = "README.md", Message = "is another" }] };

        Assert.Equal(shortfalls, DemoProof.Shortfalls(found, winners).Count);
    }

    private static RunReport Run(params RoundReport[] rounds)
    {
        var best = rounds.Where(round => round.Outcome is Passed).MinBy(round => round.Outcome.Performance?.LatencyMs);
        return new RunReport
        {
            RunId = "1",
            Task = Task,
            Strategy = "coder-judge",
            Status = "succeeded",
            StopReason = "rounds",
            Rounds = rounds,
            Best = best is null ? null : new BestSolution { SolutionSha256 = best.Outcome.Solution.Sha256, LatencyMs = best.Outcome.Performance?.LatencyMs },
            Usage = new ModelUsage(),
        };
    }

    private static LeaderboardRow Row(RunReport run) => new()
    {
        Rank = 1,
        Task = run.Task,
        SolutionSha256 = run.Best!.SolutionSha256,
        LatencyMs = 3,
        Kind = "modelled",
        Platform = "sim",
        Device = "H200",
        Precision = "float32",
        VerifiedAt = DateTimeOffset.UnixEpoch,
        EvaluationId = Guid.Empty,
    };

    private static RoundReport Failed(int number) => new() { Number = number, Mode = "first", Outcome = Outcomes.MemoryError, Advice = Advice };

    private static RoundReport Passed(int number, double latencyMs, int? parent) => new()
    {
        Number = number,
        Mode = "optimisation",
        Parent = parent,
        Outcome = Outcomes.Passed with { Performance = Outcomes.Passed.Performance! with { LatencyMs = latencyMs } },
    };
}
