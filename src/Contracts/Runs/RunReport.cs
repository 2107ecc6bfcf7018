using System.Text.Json.Serialization;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Runs;

/// <summary>A search by agents over rounds: what <c>run --json</c> prints.</summary>
public sealed record RunReport
{
    /// <summary>Identifies the run.</summary>
    public required string RunId { get; init; }

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The strategy's name: <c>coder-judge</c>.</summary>
    public required string Strategy { get; init; }

    /// <summary><c>succeeded</c> (it went to its end, with or without a <see cref="Best"/>), <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>
    /// Why it stopped: <c>rounds</c>, <c>target_speedup</c>, <c>speed_of_light</c>, <c>plateau</c>, <c>budget_calls</c>, <c>budget_tokens</c>,
    /// <c>budget_cost</c>, <c>time</c>, <c>no_advice</c>, <c>no_time</c> (it passed and no time was made), <c>transcript_ended</c>, <c>transcript_mismatch</c>, <c>model_error</c>,
    /// <c>evaluator_fault</c>, <c>cancelled</c>, <c>failed</c> (of a service: it could not be done, and <see cref="Fault"/> says why). Empty while it goes on.
    /// </summary>
    public required string StopReason { get; init; }

    /// <summary>The reason in a sentence, with its figures.</summary>
    public string? StopMessage { get; init; }

    /// <summary>The fault of the evaluator or of a model that ended the run; null where none did.</summary>
    public EvaluatorFault? Fault { get; init; }

    /// <summary>Every round, in order.</summary>
    public required IReadOnlyList<RoundReport> Rounds { get; init; }

    /// <summary>The best that passed; null where none did.</summary>
    public BestSolution? Best { get; init; }

    /// <summary>Calls and tokens of the whole run.</summary>
    public required ModelUsage Usage { get; init; }
}

/// <summary>One round: an attempt, its verdict and the advice that followed.</summary>
public sealed record RoundReport
{
    /// <summary>From 0.</summary>
    public required int Number { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>: what the Coder was asked for.</summary>
    public required string Mode { get; init; }

    /// <summary>The round whose solution this one started from; null for the first.</summary>
    public int? Parent { get; init; }

    /// <summary>The verdict.</summary>
    public required EvaluationOutcome Outcome { get; init; }

    /// <summary>The Judge's advice after it; null after the last round.</summary>
    public JudgeAdvice? Advice { get; init; }

    /// <summary>What came of <see cref="Advice"/>: <c>gain</c>, <c>loss</c>, <c>broke_it</c> or <c>no_change</c>; null where nothing followed it.</summary>
    public string? AdviceOutcome { get; init; }

    /// <summary>Latency of the best before ÷ latency of this one; null where either does not exist.</summary>
    public double? Gain { get; init; }

    /// <summary>Model that wrote it, <c>replay:…</c> included.</summary>
    public string? Model { get; init; }

    /// <summary>The solution's text; null where the answer held none.</summary>
    public string? Code { get; init; }

    /// <summary>SHA-256 of <see cref="Code"/>; null where the answer held none.</summary>
    public string? SolutionSha256 { get; init; }

    /// <summary>The Coder's reasoning; null where the provider gives none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The Coder's prompt.</summary>
    public PromptReference? Prompt { get; init; }

    /// <summary>What the Coder used in this round.</summary>
    public ModelUsage? Usage { get; init; }

    /// <summary>When the round began, in UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was finished, in UTC.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>One piece of advice (research: CudaForge's Judge).</summary>
public sealed record JudgeAdvice
{
    /// <summary><c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The critical issue, or the bottleneck.</summary>
    public required string Issue { get; init; }

    /// <summary>Why it matters, or the method.</summary>
    public required string Reason { get; init; }

    /// <summary>The minimal fix, or the plan of the change.</summary>
    public required string Fix { get; init; }

    /// <summary>Expected gain as a factor; null in correction.</summary>
    public double? ExpectedGain { get; init; }

    /// <summary>The rule and method that advised, <c>uncoalesced/neighbour_addresses</c>; null where a model did.</summary>
    public string? Rule { get; init; }

    /// <summary>What would show that the advice is wrong; null where nobody said.</summary>
    public string? Disproof { get; init; }

    /// <summary>Who advised: a model's name, or <c>rules</c> (then <see cref="FallbackReason"/> may say why).</summary>
    public required string Source { get; init; }

    /// <summary>Why the rules stood in for a model; null where they did not.</summary>
    public string? FallbackReason { get; init; }
}

/// <summary>The best solution of a run.</summary>
public sealed record BestSolution
{
    /// <summary>SHA-256 of its bytes.</summary>
    public required string SolutionSha256 { get; init; }

    /// <summary>Baseline ÷ kernel; null where no time was made.</summary>
    public double? SpeedupFactor { get; init; }

    /// <summary>Milliseconds at <c>full</c>; null where no time was made.</summary>
    public double? LatencyMs { get; init; }
}

/// <summary>What model calls used.</summary>
public sealed record ModelUsage
{
    /// <summary>Calls made.</summary>
    public int Calls { get; init; }

    /// <summary>Tokens sent.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens among them that the provider read from its prompt cache.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CachedInputTokens { get; init; }

    /// <summary>Tokens among them that the provider wrote to its prompt cache.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long CacheWriteTokens { get; init; }

    /// <summary>Tokens received, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Tokens of reasoning among them.</summary>
    public long ReasoningTokens { get; init; }

    /// <summary>Cost in US dollars; null where prices, or what was used, are unknown.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>No call was made, and so nothing was spent.</summary>
    public static ModelUsage None { get; } = new() { CostUsd = 0m };

    /// <summary>Both together; the cost is unknown where one of them is.</summary>
    public static ModelUsage operator +(ModelUsage left, ModelUsage right) => new()
    {
        Calls = left.Calls + right.Calls,
        InputTokens = left.InputTokens + right.InputTokens,
        CachedInputTokens = left.CachedInputTokens + right.CachedInputTokens,
        CacheWriteTokens = left.CacheWriteTokens + right.CacheWriteTokens,
        OutputTokens = left.OutputTokens + right.OutputTokens,
        ReasoningTokens = left.ReasoningTokens + right.ReasoningTokens,
        CostUsd = left.CostUsd + right.CostUsd,
    };
}
