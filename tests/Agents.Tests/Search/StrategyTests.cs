using System.Text.Json;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Judging;
using KernelForge.Agents.Search;
using KernelForge.Agents.Tests.Prompts;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Search;

public sealed class StrategyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<RunEvent> _events = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_wrong_first_solution_is_corrected_then_optimised_until_the_speed_of_light()
    {
        RecordedEvaluator evaluator = new(RecordedOutcomes.Read("incorrect"), RecordedOutcomes.Passed(4.0), RecordedOutcomes.Passed(2.75));

        var report = await RunAsync("coder-judge", evaluator, [Coder(0, "first"), Coder(1, "correction"), Coder(2, "optimisation")]);

        Assert.Equal(("succeeded", "speed_of_light"), (report.Status, report.StopReason));
        Assert.Equal([("first", null), ("correction", 0), ("optimisation", 1)], report.Rounds.Select(round => (round.Mode, round.Parent)));
        Assert.Equal(["tail", "latency_bound/unroll_loads", null], report.Rounds.Select(round => round.Advice?.Rule));
        Assert.Equal([null, null, 4.0 / 2.75], report.Rounds.Select(round => round.Gain));
        Assert.Equal((2.75, report.Rounds[2].SolutionSha256), (report.Best?.LatencyMs, report.Best?.SolutionSha256));
        Assert.Equal((3, 30L, 15L, 0m), (report.Usage.Calls, report.Usage.InputTokens, report.Usage.OutputTokens, report.Usage.CostUsd));
    }

    [Fact]
    public async Task Events_tell_every_step_in_order()
    {
        await RunAsync("coder-judge", new(RecordedOutcomes.Read("incorrect"), RecordedOutcomes.Passed(2.7)), [Coder(0, "first"), Coder(1, "correction")]);

        Assert.Equal(
            [typeof(RunStarted), typeof(RoundStarted), typeof(ModelReplied), typeof(Evaluated), typeof(Advised), typeof(RoundStarted), typeof(ModelReplied), typeof(Evaluated), typeof(Improved), typeof(Stopped)],
            _events.Select(happened => happened.GetType()));
        Assert.Equal(
            ["run_started", "round_started", "model_replied", "evaluated", "advised", "round_started", "model_replied", "evaluated", "improved", "stopped"],
            _events.Select(happened => JsonDocument.Parse(JsonSerializer.Serialize(happened, ContractsJson.Default.RunEvent)).RootElement.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task A_model_Judge_advises_once_a_round_and_its_calls_count()
    {
        var report = await RunAsync(
            "coder-judge",
            new(RecordedOutcomes.Passed(4.0), RecordedOutcomes.Passed(2.7)),
            [
                Coder(0, "first"),
                """{"task":"activation/relu","role":"judge","round":0,"mode":"optimisation","text":"{\"bottleneck\":\"b\",\"optimisation_method\":\"m\",\"modification_plan\":\"p\",\"expected_gain\":1.4}","usage":{"input_tokens":7,"output_tokens":3}}""",
                Coder(1, "optimisation"),
            ],
            modelJudge: true);

        Assert.Equal(("m", "replay:t"), (report.Rounds[0].Advice?.Reason, report.Rounds[0].Advice?.Source));
        Assert.Equal((3, 27L), (report.Usage.Calls, report.Usage.InputTokens));
    }

    [Fact]
    public async Task After_a_slower_round_the_next_one_starts_from_the_best_and_another_method_is_tried()
    {
        var report = await RunAsync(
            "coder-judge", new(RecordedOutcomes.Passed(4.0), RecordedOutcomes.Passed(5.0), RecordedOutcomes.Passed(3.5)),
            [Coder(0, "first"), Coder(1, "optimisation"), Coder(2, "optimisation")], new RunLimits { Rounds = 3 });

        Assert.Equal("rounds", report.StopReason);
        Assert.Equal([null, 0, 0], report.Rounds.Select(round => round.Parent));
        Assert.Equal(["latency_bound/unroll_loads", "latency_bound/async_copy", null], report.Rounds.Select(round => round.Advice?.Rule));
        Assert.Equal([null, 0.8, 4.0 / 3.5], report.Rounds.Select(round => round.Gain));
    }

    [Fact]
    public async Task Three_optimisation_rounds_without_two_per_cent_are_a_plateau()
    {
        var report = await RunAsync(
            "coder-judge", new(RecordedOutcomes.Passed(4.0), RecordedOutcomes.Passed(3.99), RecordedOutcomes.Passed(4.2), RecordedOutcomes.Passed(3.98)),
            [Coder(0, "first"), Coder(1, "optimisation"), Coder(2, "optimisation"), Coder(3, "optimisation")]);

        Assert.Equal(("plateau", 4), (report.StopReason, report.Rounds.Count));
    }

    [Theory]
    [InlineData("target_speedup")]
    [InlineData("budget_calls")]
    [InlineData("budget_tokens")]
    public async Task A_run_stops_at_the_limit_that_it_names(string reason)
    {
        var limits = reason switch
        {
            "target_speedup" => new RunLimits { TargetSpeedup = 0.6 },
            "budget_calls" => new RunLimits { Calls = 1 },
            _ => new RunLimits { Tokens = 15 },
        };

        var report = await RunAsync("coder-judge", new(RecordedOutcomes.Passed(4.0)), [Coder(0, "first")], limits);

        Assert.Equal(("succeeded", reason, 1), (report.Status, report.StopReason, report.Rounds.Count));
        Assert.NotNull(report.StopMessage);
    }

    [Fact]
    public async Task A_transcript_that_ends_ends_the_run_and_keeps_what_was_done()
    {
        var report = await RunAsync("coder-judge", new(RecordedOutcomes.Passed(4.0)), [Coder(0, "first")]);

        Assert.Equal(("succeeded", "transcript_ended", 4.0), (report.Status, report.StopReason, report.Best?.LatencyMs));
    }

    [Fact]
    public async Task A_run_that_goes_another_way_than_its_recording_fails_and_says_where()
    {
        var report = await RunAsync("coder-judge", new(RecordedOutcomes.Passed(4.0)), [Coder(0, "first"), Coder(1, "correction")]);

        Assert.Equal(("failed", "transcript_mismatch", 65), (report.Status, report.StopReason, report.Fault?.ExitCode));
        Assert.Contains("recorded is round 1, correction", report.StopMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluator_that_cannot_judge_fails_the_run_and_blames_no_kernel()
    {
        RecordedEvaluator evaluator = new(new EvaluatorReply { Fault = new EvaluatorFault { ExitCode = 69, Message = "no sandbox" } });

        var report = await RunAsync("coder-judge", evaluator, [Coder(0, "first")]);

        Assert.Equal(("failed", "evaluator_fault", 69, 0), (report.Status, report.StopReason, report.Fault?.ExitCode, report.Rounds.Count));
    }

    [Fact]
    public async Task A_pass_without_a_time_ends_the_run()
    {
        var report = await RunAsync("coder-judge", new(RecordedOutcomes.Passed(4.0) with { Performance = null, PerformanceNote = "not sampled" }), [Coder(0, "first")]);

        Assert.Equal(("succeeded", "no_time"), (report.Status, report.StopReason));
        Assert.Contains("not sampled", report.StopMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_a_solution_is_a_round_with_an_answer_error_and_is_not_evaluated()
    {
        RecordedEvaluator evaluator = new(RecordedOutcomes.Passed(2.7));

        var report = await RunAsync("coder-judge", evaluator,
            ["""{"task":"activation/relu","role":"coder","round":0,"mode":"first","text":"I cannot do that."}""", Coder(1, "first")]);

        Assert.Equal(["answer_error", "passed"], report.Rounds.Select(round => round.Outcome.Status));
        Assert.Contains("the model refused", report.Rounds[0].Outcome.Message, StringComparison.Ordinal);
        Assert.Single(evaluator.Requests);
    }

    [Fact]
    public async Task Self_refine_shows_the_evidence_and_asks_no_Judge()
    {
        var report = await RunAsync("self-refine", new(RecordedOutcomes.Read("incorrect"), RecordedOutcomes.Passed(2.7)), [Coder(0, "first"), Coder(1, "correction")]);

        Assert.Equal("speed_of_light", report.StopReason);
        Assert.All(report.Rounds, round => Assert.Null(round.Advice));
        Assert.Contains("tail of every row", (await AttemptsAsync())[1].Messages[1].Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Best_of_n_samples_first_solutions_that_know_nothing_of_each_other_and_keeps_the_best()
    {
        var report = await RunAsync(
            "best-of-n", new(RecordedOutcomes.Passed(4.0), RecordedOutcomes.Read("incorrect"), RecordedOutcomes.Passed(3.0)),
            [Coder(0, "first"), Coder(1, "first"), Coder(2, "first")], new RunLimits { Rounds = 3 });

        Assert.Equal((3.0, "rounds"), (report.Best?.LatencyMs, report.StopReason));
        Assert.Single((await AttemptsAsync()).Select(attempt => attempt.Prompt.Sha256).Distinct());
    }

    [Fact]
    public async Task Single_makes_one_attempt()
    {
        var report = await RunAsync("single", new(RecordedOutcomes.Passed(4.0)), [Coder(0, "first"), Coder(1, "first")]);

        Assert.Equal(("rounds", 1), (report.StopReason, report.Rounds.Count));
    }

    [Theory]
    [InlineData("evolv", "did you mean evolve?")]
    [InlineData("cuda-forge", "did you mean cudaforge?")]
    [InlineData("magic", "unknown strategy 'magic'")]
    public void Another_strategy_says_what_there_is(string name, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Strategies.Create(name)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_evaluator_judges_byte_for_byte_the_code_that_is_recorded()
    {
        RecordedEvaluator evaluator = new(RecordedOutcomes.Passed(2.7));

        await RunAsync("coder-judge", evaluator, [Coder(0, "first")]);

        var attempt = Assert.Single(await AttemptsAsync());
        Assert.Equal(attempt.Code, Assert.Single(evaluator.Solutions));
        Assert.Equal(attempt.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(evaluator.Requests[0].SolutionPath, TestContext.Current.CancellationToken))));
        Assert.Equal(("run/0", "replay", "because", 10L), (attempt.Id, attempt.Kind, attempt.Reasoning, attempt.Usage.InputTokens));
    }

    [Fact]
    public async Task A_cancelled_run_reports_what_was_finished()
    {
        using CancellationTokenSource cancel = new();
        RecordedEvaluator evaluator = new(RecordedOutcomes.Passed(4.0), RecordedOutcomes.Passed(3.0));

        var report = await RunAsync("coder-judge", evaluator, [Coder(0, "first"), Coder(1, "optimisation")], cancel: cancel);

        Assert.Equal(("cancelled", "cancelled", 1), (report.Status, report.StopReason, report.Rounds.Count));
        Assert.Single(await AttemptsAsync());
    }

    [Fact]
    public async Task A_run_resumes_after_its_last_finished_round_and_repeats_no_call()
    {
        string[] transcript = [Coder(0, "first"), Coder(1, "correction"), Coder(2, "optimisation")];
        await RunAsync("coder-judge", new(RecordedOutcomes.Read("incorrect"), RecordedOutcomes.Passed(4.0)), transcript, new RunLimits { Rounds = 2 });
        RecordedEvaluator afterwards = new(RecordedOutcomes.Passed(2.75));

        var report = await RunAsync("coder-judge", afterwards, transcript);

        Assert.Single(afterwards.Requests);
        Assert.Equal(("speed_of_light", 3, 3), (report.StopReason, report.Rounds.Count, report.Usage.Calls));
        Assert.Equal(["tail", "latency_bound/unroll_loads", null], report.Rounds.Select(round => round.Advice?.Rule));
        Assert.Equal(2, _events.OfType<RunStarted>().Last().FinishedRounds);
    }

    [Fact]
    public async Task A_cost_budget_needs_a_price()
    {
        using ReplayChatClient client = new(Transcript.Parse("t", Coder(0, "first"), _ => ""));
        AgentTeam team = new(new Coder(new AgentModel(ModelName.Parse("compatible:x/m"), client, null), PromptTests.Library(), Agents.Coding.Coder.DefaultSampling), new RuleJudge(), new RecordedEvaluator(RecordedOutcomes.Passed(4)), TimeProvider.System);

        await using var journal = RunFolder.Open(_folder.Path);

        var exception = await Assert.ThrowsAsync<ModelSetupException>(() =>
            SearchRun.RunAsync(Strategies.Create("coder-judge"), Request(new RunLimits { CostUsd = 1 }), team, journal, null, TestContext.Current.CancellationToken));

        Assert.Contains("PRICE", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_outside_its_range_is_named()
    {
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync("coder-judge", new(RecordedOutcomes.Passed(4)), [Coder(0, "first")], new RunLimits { Rounds = 0 }));

        Assert.Contains("Rounds: expected 1 to 1000, found 0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_survives_JSON()
    {
        var report = await RunAsync("coder-judge", new(RecordedOutcomes.Read("incorrect"), RecordedOutcomes.Passed(2.7)), [Coder(0, "first"), Coder(1, "correction")]);

        var json = JsonSerializer.Serialize(report, ContractsJson.Default.RunReport);

        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, ContractsJson.Default.RunReport)!, ContractsJson.Default.RunReport));
        Assert.Contains("\"stop_reason\":\"speed_of_light\"", json, StringComparison.Ordinal);
    }

    private static string Coder(int round, string mode) => JsonSerializer.Serialize(new
    {
        task = "activation/relu",
        role = "coder",
        round,
        mode,
        reasoning = "because",
        text = $"```cuda\n{Cases.Code}// round {round}\n```",
        usage = new { input_tokens = 10, output_tokens = 5 },
    });

    private RunRequest Request(RunLimits limits) => new()
    {
        RunId = "run",
        Task = Cases.Task,
        Home = "/home",
        Toolbox = "/",
        Folder = _folder.Path,
        Limits = limits,
    };

    private async Task<RunReport> RunAsync(
        string strategy, RecordedEvaluator evaluator, string[] transcript, RunLimits? limits = null, bool modelJudge = false, CancellationTokenSource? cancel = null)
    {
        using ReplayChatClient client = new(Transcript.Parse("t", string.Join('\n', transcript), _ => ""));
        AgentModel model = new(ModelName.Parse("replay:t"), client, ModelPrice.Free);
        var prompts = PromptTests.Library();
        IJudge judge = modelJudge ? new ModelJudge(model, prompts, Agents.Coding.Coder.DefaultSampling, new RuleJudge()) : new RuleJudge();
        AgentTeam team = new(new Coder(model, prompts, Agents.Coding.Coder.DefaultSampling), judge, evaluator, TimeProvider.System);
        await using var journal = RunFolder.Open(_folder.Path);
        return await SearchRun.RunAsync(Strategies.Create(strategy), Request(limits ?? new RunLimits()), team, journal, new Recorder(_events, cancel), cancel?.Token ?? TestContext.Current.CancellationToken);
    }

    private async Task<List<AttemptRecord>> AttemptsAsync()
    {
        List<AttemptRecord> attempts = [];
        await foreach (var attempt in AttemptLog.ReadAsync(Path.Combine(_folder.Path, "attempts.jsonl"), TestContext.Current.CancellationToken))
        {
            attempts.Add(attempt);
        }

        return attempts;
    }

    /// <summary>Keeps events; cancels once the Judge has advised.</summary>
    private sealed class Recorder(List<RunEvent> events, CancellationTokenSource? cancel) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            events.Add(value);
            if (value is Advised)
            {
                cancel?.Cancel();
            }
        }
    }
}
