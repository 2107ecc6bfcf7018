using System.Text.Json;
using KernelForge.Cli.Runs;
using KernelForge.Cli.Tests.Samples;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Runs;

namespace KernelForge.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private static readonly JudgeAdvice Advice = new() { Mode = "correction", Issue = "reads past the end of x", Reason = "the grid covers more than x", Fix = "return where i >= n", Source = "rules" };

    private readonly TestCli _cli = new();

    [Fact]
    public async Task Rounds_are_shown_as_they_happen()
    {
        _cli.Search = Happens;

        Assert.Equal(0, await _cli.RunAsync("run", "activation/gelu", "--coder", "replay:x"));
        var known = _cli.Out.Split('\n').Where(line => !line.StartsWith("attempts:", StringComparison.Ordinal));
        Golden.Equals(string.Join('\n', known), "run.txt");
    }

    [Fact]
    public async Task Json_is_one_document_and_rounds_go_to_standard_error()
    {
        _cli.Search = Happens;

        await _cli.RunAsync("run", "activation/gelu", "--coder", "replay:x", "--json");

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal("coder-judge", document.RootElement.GetProperty("strategy").GetString());
        Assert.Contains("round 0", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Save_writes_every_rounds_solution()
    {
        _cli.Search = Happens;
        var folder = Path.Combine(_cli.Root, "saved");

        await _cli.RunAsync("run", "activation/gelu", "--coder", "replay:x", "--save", folder);

        Assert.Equal(["round-0.cu", "round-1.cu"], Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal("// second\n", await File.ReadAllTextAsync(Path.Combine(folder, "round-1.cu"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_run_in_which_nothing_passed_exits_1()
    {
        _cli.Search = (order, happened) => Happens(order, happened) with { Best = null };

        Assert.Equal(1, await _cli.RunAsync("run", "activation/gelu", "--coder", "replay:x"));
    }

    [Fact]
    public async Task A_run_that_a_fault_ended_exits_with_its_code()
    {
        _cli.Search = (order, happened) => Happens(order, happened) with { Best = null, Fault = new EvaluatorFault { ExitCode = 69, Message = "no sandbox" } };

        Assert.Equal(69, await _cli.RunAsync("run", "activation/gelu", "--coder", "replay:x"));
    }

    public void Dispose() => _cli.Dispose();

    private static RunReport Happens(SearchOrder order, Action<RunEvent> happened)
    {
        var at = DateTimeOffset.UnixEpoch;
        var best = new BestSolution { SolutionSha256 = Outcomes.Passed.Solution.Sha256, LatencyMs = 2.913, SpeedupFactor = 0.927 };
        var usage = new ModelUsage { Calls = 2, InputTokens = 3620, OutputTokens = 840, CostUsd = 0.0125m };
        happened(new RunStarted { RunId = order.RunId, At = at, Task = order.Task.Name, Strategy = order.Strategy, Coder = order.Coder, Judge = order.Judge, Rounds = order.Rounds });
        happened(new RoundStarted { RunId = order.RunId, At = at, Round = 0, Mode = "first" });
        happened(new Evaluated { RunId = order.RunId, At = at, Round = 0, Outcome = Outcomes.MemoryError, DurationMs = 100 });
        happened(new Advised { RunId = order.RunId, At = at, Round = 0, About = 0, Advice = Advice });
        happened(new RoundStarted { RunId = order.RunId, At = at, Round = 1, Mode = "correction", Parent = 0 });
        happened(new Evaluated { RunId = order.RunId, At = at, Round = 1, Outcome = Outcomes.Passed, DurationMs = 100 });
        happened(new Improved { RunId = order.RunId, At = at, Round = 1, Best = best });
        happened(new Stopped { RunId = order.RunId, At = at, Status = "succeeded", Reason = "rounds", Message = "all 2 rounds are used", Best = best, Usage = usage });
        return new RunReport
        {
            RunId = order.RunId,
            Task = order.Task.Name,
            Strategy = order.Strategy,
            Status = "succeeded",
            StopReason = "rounds",
            Rounds =
            [
                new RoundReport { Number = 0, Mode = "first", Outcome = Outcomes.MemoryError, Advice = Advice, Code = "// first\n" },
                new RoundReport { Number = 1, Mode = "correction", Parent = 0, Outcome = Outcomes.Passed, Code = "// second\n" },
            ],
            Best = best,
            Usage = usage,
        };
    }
}
