using KernelForge.Agents.Judging;
using KernelForge.Agents.Judging.Rules;
using KernelForge.Agents.Tests.Recorded;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Tests.Judging;

public sealed class RuleJudgeTests
{
    /// <summary>For each rule of optimisation, metrics under which it advises: name, speed-of-light fraction, metrics.</summary>
    public static TheoryData<string, double, string> OptimisationCases { get; } = new()
    {
        { "uncoalesced/neighbour_addresses", 0.2, $"{Metrics.LoadSectorsPerRequest}=28;{Metrics.DramThroughput}=45;{Metrics.L1Throughput}=85" },
        { "rereading/one_pass", 0.3, $"{Metrics.DramThroughput}=90;{Metrics.LoadSectorsPerRequest}=4" },
        { "dram_limit/keep_on_chip", 0.85, $"{Metrics.DramThroughput}=92;{Metrics.LoadSectorsPerRequest}=4" },
        { "idle_machine/split_work", 0.1, $"{Metrics.WavesPerSm}=0.12;{Metrics.DramThroughput}=8" },
        { "tail_wave/grid_stride", 0.5, $"{Metrics.WavesPerSm}=1.1;{Metrics.DramThroughput}=40" },
        { "latency_bound/unroll_loads", 0.4, $"{Metrics.DramThroughput}=30;{Metrics.IssueActive}=15;{Metrics.StallLongScoreboard}=70;{Metrics.Occupancy}=80" },
        { "narrow_accesses/vector_loads", 0.5, $"{Metrics.LoadSectorsPerRequest}=4;{Metrics.LsuPipe}=65;{Metrics.DramThroughput}=55" },
        { "register_pressure/smaller_tile", 0.3, $"{Metrics.LimitRegisters}=1;{Metrics.LimitShared}=4;{Metrics.LimitBlocks}=32;{Metrics.Occupancy}=20" },
        { "shared_limit/smaller_shared_tile", 0.3, $"{Metrics.LimitRegisters}=4;{Metrics.LimitShared}=1;{Metrics.LimitBlocks}=32;{Metrics.Occupancy}=20" },
        { "bank_conflicts/pad", 0.3, $"{Metrics.SharedBankConflicts}=31000;{Metrics.SharedWavefronts}=32000;{Metrics.L1Throughput}=90" },
        { "barriers/warp_shuffles", 0.3, $"{Metrics.StallBarrier}=45" },
        { "short_scoreboard/fewer_special", 0.3, $"{Metrics.StallShortScoreboard}=45" },
        { "divergence/uniform_branches", 0.3, $"{Metrics.ThreadsPerInstruction}=8;{Metrics.IssueActive}=70" },
        { "integer_bound/constants", 0.3, $"{Metrics.AluPipe}=80;{Metrics.FmaPipe}=10" },
        { "cuda_cores/larger_register_tile", 0.3, $"{Metrics.FmaPipe}=85;{Metrics.TensorPipe}=0" },
        { "starved_tensor/pipeline", 0.3, $"{Metrics.TensorPipe}=20" },
        { "atomics/privatise", 0.3, $"{Metrics.AtomicSectors}=500;{Metrics.L2Sectors}=1000" },
        { "untuned/tunables", 0.8, $"{Metrics.Occupancy}=90" },
    };

    /// <summary>For each rule of correction: its name, the outcome, the code where the rule reads it.</summary>
    public static TheoryData<string, string, string> CorrectionCases { get; } = new()
    {
        { "answer_truncated", "answer:the answer was cut off inside a fenced block", "" },
        { "answer_several", "answer:the answer holds 2 different files with a launch plan", "" },
        { "answer_form", "answer:the answer is empty", "" },
        { "plan_unknown_name", "plan:launches[1].args[2]: 'y' is not a tensor of this task; known: x, out", "" },
        { "plan_argument", "plan:launches[0].args[1]: a pointer was expected", "" },
        { "plan_limits", "plan:launches[0].block: 2048 threads exceeds 1024", "" },
        { "plan_form", "plan:the file does not begin with /*launch-plan", "" },
        { "rejected_include", "rejected:#include \"/etc/passwd\" is refused", "" },
        { "rejected_inputs", "rejected:input x was changed", "" },
        { "rejected", "rejected:#line is refused", "" },
        { "compile_undefined", "compile:a.cu(9): error: identifier \"n\" is undefined", "" },
        { "compile_header", "compile:a.cu(1): error: cannot open source file \"vector\"", "" },
        { "compile_extern", "compile:a.cu(1): error: unresolved extern function 'f'", "" },
        { "compile", "compile:a.cu(3): error: expected a \";\"", "" },
        { "unsupported", "unsupported:tex.2d is not executed", "" },
        { "deadlock", "finding:deadlock", "" },
        { "barrier_divergence", "finding:barrier_divergence", "" },
        { "invalid_mask", "finding:invalid_mask", "" },
        { "endless", "timeout", "while (x != 0) x = x / 2;" },
        { "too_slow", "timeout", "for (int i = 0; i < n; i++) s += a[i];" },
        { "race", "finding:race", "" },
        { "bounds_tail", "finding:out_of_bounds_read", "out[i] = x[i];" },
        { "bounds_write", "finding:out_of_bounds_write", "if (i < n) out[i] = x[i];" },
        { "bounds_read", "finding:out_of_bounds_read", "if (i < n) out[i] = x[i];" },
        { "misaligned", "finding:misaligned", "" },
        { "uninitialised", "finding:uninitialised_read", "" },
        { "unwritten", "finding:unwritten_output", "" },
        { "stack_overflow", "finding:stack_overflow", "" },
        { "address_space", "finding:illegal_address_space", "" },
        { "runtime", "runtime", "" },
        { "memory", "finding:something_else", "" },
        { "sync", "sync", "" },
        { "shape", "shape", "" },
        { "half_precision", "wrong:26 elements scattered over 3120 elements", "__half sum = 0;" },
        { "one_pass_variance", "wrong:whole rows", "float v = sq / n - mean * mean;" },
        { "identity_of_maximum", "wrong:3 whole rows of 24, from row 8", "float top = 0.0f; top = fmaxf(top, x[i]);" },
        { "identity_of_maximum", "wrong:everything@it is wrong only for negated inputs: an operation that matters for negative values is missing", "" },
        { "overflow", "wrong:everything@it is wrong only for larger inputs: something overflows", "" },
        { "overflow", "wrong:everything@12 elements are NaN where the reference is not: a division by zero", "" },
        { "accumulation", "wrong:everything@small errors all over the output: arithmetic or accumulation in low precision", "" },
        { "every_nth", "wrong:every 4th element, from 3", "" },
        { "tail", "wrong:tail of every row (from column 128 of 130)", "" },
        { "tail", "wrong:the last 48 elements of the tensor", "" },
        { "whole_rows", "wrong:3 whole rows of 24, from row 8", "" },
        { "whole_rows", "wrong:the last 2 rows of 24", "" },
        { "whole_rows", "wrong:columns 1 to 4 of every row", "" },
        { "everything", "wrong:everything", "" },
        { "accumulation", "small", "" },
        { "numerical", "wrong:26 elements scattered over 3120 elements", "" },
        { "implausible", "implausible", "" },
    };

    [Theory]
    [MemberData(nameof(OptimisationCases))]
    public void Each_rule_advises_on_the_evidence_that_it_is_about(string rule, double lightFraction, string metrics)
    {
        var outcome = RecordedOutcomes.WithMetrics(lightFraction, [.. metrics.Split(';').Select(pair => (pair.Split('=')[0], double.Parse(pair.Split('=')[1])))]);

        var advice = RuleJudge.Advise(outcome, Cases.Code, "optimisation", []);

        Assert.Equal((rule, "optimisation", "rules"), (advice?.Rule, advice?.Mode, advice?.Source));
        Assert.True(advice!.ExpectedGain is > 1.01 and <= 10, $"gain {advice.ExpectedGain}");
        Assert.NotNull(advice.Disproof);
    }

    [Fact]
    public void A_modelled_gain_counts_more_than_a_rule_s_own_estimate()
    {
        var outcome = RecordedOutcomes.WithMetrics(0.1, (Metrics.StallBarrier, 45), (Metrics.LimitShared, 1), (Metrics.LimitRegisters, 4), (Metrics.LimitBlocks, 32), (Metrics.Occupancy, 20));
        var modelled = outcome with
        {
            Kernels = [outcome.Kernels[0] with { Bottlenecks = [new() { Rule = "shared_limit", What = "w", Evidence = new Dictionary<string, double>(), Gain = 3, Try = "t", Lines = [] }] }],
        };

        Assert.Equal("barriers/warp_shuffles", RuleJudge.Advise(outcome, Cases.Code, "optimisation", [])?.Rule);
        Assert.Equal("shared_limit/smaller_shared_tile", RuleJudge.Advise(modelled, Cases.Code, "optimisation", [])?.Rule);
        Assert.Equal(3, RuleJudge.Advise(modelled, Cases.Code, "optimisation", [])!.ExpectedGain!.Value, 1);
    }

    [Fact]
    public void Many_small_launches_are_launch_bound()
    {
        var passed = RecordedOutcomes.Passed(4.0);
        var outcome = passed with { Kernels = [passed.Kernels[0] with { Launches = 512, LatencyMs = 1.0, Metrics = null }] };

        Assert.Equal("launch_bound/fuse", RuleJudge.Advise(outcome, Cases.Code, "optimisation", [])?.Rule);
    }

    [Theory]
    [MemberData(nameof(CorrectionCases))]
    public void Each_correction_rule_advises_on_the_evidence_that_it_is_about(string rule, string evidence, string code)
    {
        var advice = RuleJudge.Advise(Outcome(evidence), code, "correction", []);

        Assert.Equal((rule, "correction", "rules", null), (advice?.Rule, advice?.Mode, advice?.Source, advice?.ExpectedGain));
        Assert.InRange(AdviceLimits.CountWords(advice!.Issue), 1, AdviceLimits.CriticalIssue);
    }

    [Fact]
    public void Every_rule_has_a_test_case()
    {
        var tested = OptimisationCases.Select(row => row.Data.Item1.Split('/')[0]).Append("launch_bound").Concat(CorrectionCases.Select(row => row.Data.Item1)).Append("start_over");

        Assert.Empty(OptimisationRules.All.Select(rule => rule.Id).Concat(CorrectionRules.All.Select(rule => rule.Id)).Except(tested));
    }

    [Fact]
    public void Every_text_of_the_rules_keeps_the_limits_that_a_model_has()
    {
        Assert.All(OptimisationRules.All.SelectMany(rule => rule.Methods), method =>
        {
            Assert.InRange(AdviceLimits.CountWords(method.Method), 1, AdviceLimits.OptimisationMethod);
            Assert.InRange(AdviceLimits.CountWords(method.Plan), 1, AdviceLimits.ModificationPlan);
        });
        Assert.All(CorrectionRules.All, rule =>
        {
            Assert.InRange(AdviceLimits.CountWords(rule.Why), 1, AdviceLimits.WhyItMatters);
            Assert.InRange(AdviceLimits.CountWords(rule.Fix), 1, AdviceLimits.MinimalFixHint);
        });
        Assert.Distinct(OptimisationRules.All.Select(rule => rule.Id).Concat(CorrectionRules.All.Select(rule => rule.Id)));
    }

    [Fact]
    public void A_method_that_gained_nothing_is_followed_by_the_rules_next_one()
    {
        var failed = Cases.Attempt(1, RecordedOutcomes.Passed(4.0), advice: Cases.Advice("latency_bound/unroll_loads"), gain: 1.0);

        Assert.Equal("latency_bound/async_copy", RuleJudge.Advise(RecordedOutcomes.Passed(4.0), Cases.Code, "optimisation", [failed])?.Rule);
    }

    [Fact]
    public void A_method_that_gained_may_be_advised_again()
    {
        var helped = Cases.Attempt(1, RecordedOutcomes.Passed(4.0), advice: Cases.Advice("latency_bound/unroll_loads"), gain: 1.4);

        Assert.Equal("latency_bound/unroll_loads", RuleJudge.Advise(RecordedOutcomes.Passed(4.0), Cases.Code, "optimisation", [helped])?.Rule);
    }

    [Fact]
    public void The_kernel_that_takes_most_of_the_time_is_advised_on()
    {
        var passed = RecordedOutcomes.Passed(4.0);
        var kernel = passed.Kernels[0];
        var outcome = passed with
        {
            Kernels =
            [
                kernel with { Name = "small", LatencyMs = 0.2, Metrics = new Dictionary<string, double> { [Metrics.LoadSectorsPerRequest] = 32, [Metrics.L1Throughput] = 95 } },
                kernel with { Name = "large", LatencyMs = 3.8, Metrics = new Dictionary<string, double> { [Metrics.StallBarrier] = 60 } },
            ],
        };

        var advice = RuleJudge.Advise(outcome, Cases.Code, "optimisation", []);

        Assert.Equal("barriers/warp_shuffles", advice?.Rule);
        Assert.Contains("in large", advice!.Issue, StringComparison.Ordinal);
    }

    [Fact]
    public void The_expected_gain_never_exceeds_what_the_speed_of_light_leaves() =>
        Assert.Equal(1.25, RuleJudge.Advise(RecordedOutcomes.WithMetrics(0.8, (Metrics.LoadSectorsPerRequest, 32), (Metrics.L1Throughput, 95)), Cases.Code, "optimisation", [])?.ExpectedGain);

    [Fact]
    public void Near_the_speed_of_light_the_rules_have_nothing_to_advise() =>
        Assert.Null(RuleJudge.Advise(RecordedOutcomes.WithMetrics(0.97, (Metrics.DramThroughput, 92)), Cases.Code, "optimisation", []));

    [Fact]
    public void A_correction_that_did_not_help_is_followed_by_the_next_and_in_the_end_by_starting_over()
    {
        var outcome = RecordedOutcomes.Wrong("scattered");
        List<AttemptRecord> history = [];

        history.Add(Cases.Attempt(1, outcome, "correction", advice: Cases.Advice("numerical", "correction")));
        var second = RuleJudge.Advise(outcome, "", "correction", history);

        Assert.Equal("start_over", second?.Rule);
    }

    private static EvaluationOutcome Outcome(string evidence)
    {
        var colon = evidence.IndexOf(':', StringComparison.Ordinal);
        var (kind, text) = colon < 0 ? (evidence, "") : (evidence[..colon], evidence[(colon + 1)..]);
        var like = RecordedOutcomes.Read("memory_error");
        return kind switch
        {
            "answer" => Cases.Unusable(text),
            "plan" => new PlanError { Message = text, Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "rejected" => new Rejected { Message = text, Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "compile" => RecordedOutcomes.Read("compile_error") with { Diagnostics = text },
            "unsupported" => new Unsupported { Message = text, Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "timeout" => new TimedOut { Message = "the budget of instructions is used up", Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "runtime" => new RuntimeError { Message = "trap", Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "sync" => new SyncError { Message = "a barrier", Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "shape" => new IncorrectShape { Message = "[3] instead of [4]", Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "implausible" => new Implausible { Message = "0.1 ms", Task = like.Task, Solution = like.Solution, Environment = like.Environment },
            "finding" => RecordedOutcomes.Memory(text),
            "wrong" => text.Split('@') is [var pattern, var hint] ? RecordedOutcomes.Wrong(pattern, hint) : RecordedOutcomes.Wrong(text),
            "small" => RecordedOutcomes.Wrong("scattered") is var wrong ? wrong with { Correctness = wrong.Correctness! with { MaxRelativeError = 4e-4 } } : like,
            _ => throw new InvalidOperationException(evidence),
        };
    }
}
