using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Contracts.Service;

/// <summary>
/// A line of format <c>sft</c>: <c>messages</c> is what TRL's trainer reads, the rest is provenance. All members are scalars, so that every
/// row has the same columns.
/// </summary>
public sealed record SftRow
{
    /// <summary>
    /// The prompt as it was sent, and the assistant's answer: <c>&lt;think&gt;</c> reasoning <c>&lt;/think&gt;</c> and one fenced block with the
    /// solution, byte for byte what was judged.
    /// </summary>
    public required IReadOnlyList<PromptMessage> Messages { get; init; }

    /// <summary>The attempt, <c>RUN/ROUND</c>.</summary>
    public required string Id { get; init; }

    public required string Task { get; init; }

    public string? Category { get; init; }

    public required string TaskSha256 { get; init; }

    /// <summary>SHA-256 of the code in the assistant's message, which is the code that was judged.</summary>
    public required string SolutionSha256 { get; init; }

    /// <summary>The Coder's model.</summary>
    public required string Model { get; init; }

    /// <summary>Who answered: <c>live</c>, <c>replay</c> or <c>simulated</c>.</summary>
    public required string AttemptKind { get; init; }

    public required string Strategy { get; init; }

    public required int Round { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>: the figures that follow.</summary>
    public required string Kind { get; init; }

    public required string Platform { get; init; }

    public required string Device { get; init; }

    public required string EvaluationVersion { get; init; }

    public required string Precision { get; init; }

    public required bool UsesLibrary { get; init; }

    public required bool Prepared { get; init; }

    public required bool FastMath { get; init; }

    public required double LatencyMs { get; init; }

    public string? Baseline { get; init; }

    public double? SpeedupFactor { get; init; }

    public double? SpeedOfLightFraction { get; init; }

    /// <summary>As the provider counted them; 0 where it does not.</summary>
    public required long ReasoningTokens { get; init; }

    /// <summary>Characters.</summary>
    public required int ReasoningLength { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string License { get; init; }
}

/// <summary>A line of format <c>canonical</c>: one attempt with its whole provenance, failures included (ConCuR's rows, widened).</summary>
public sealed record CanonicalRow
{
    /// <summary>The attempt, <c>RUN/ROUND</c>.</summary>
    public required string Id { get; init; }

    public required string Run { get; init; }

    public required int Round { get; init; }

    /// <summary>The attempt whose solution this one started from; null for none.</summary>
    public string? ParentAttempt { get; init; }

    public required string Strategy { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    public required CanonicalTask Task { get; init; }

    public required string Platform { get; init; }

    public required string Device { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The messages sent, whole.</summary>
    public required IReadOnlyList<PromptMessage> Prompt { get; init; }

    /// <summary>Templates that made the prompt.</summary>
    public required PromptReference PromptReference { get; init; }

    /// <summary>Null where the provider gives none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The answer, whole.</summary>
    public required string Answer { get; init; }

    public string? FinishReason { get; init; }

    /// <summary>The solution, byte for byte what was judged; null where the answer held none.</summary>
    public string? Code { get; init; }

    public string? SolutionSha256 { get; init; }

    /// <summary>The launch plan's JSON as the solution has it; null where there is none.</summary>
    public string? Plan { get; init; }

    /// <summary>The Judge's advice that this attempt followed; null for none.</summary>
    public JudgeAdvice? Advice { get; init; }

    /// <summary>The verdict, whole: findings, metrics, latencies, baselines, environment.</summary>
    public required EvaluationOutcome Outcome { get; init; }

    public string? Precision { get; init; }

    public double? LatencyMs { get; init; }

    public string? Baseline { get; init; }

    /// <summary>Latency of each baseline in milliseconds.</summary>
    public IReadOnlyDictionary<string, double>? Baselines { get; init; }

    public double? SpeedupFactor { get; init; }

    public double? SpeedOfLightFraction { get; init; }

    /// <summary>Latency of the run's best before ÷ latency of this one.</summary>
    public double? Gain { get; init; }

    /// <summary>What came of the advice that the attempt followed: <c>gain</c>, <c>loss</c>, <c>broke_it</c> or <c>no_change</c>; null where there was none.</summary>
    public string? AdviceOutcome { get; init; }

    /// <summary>The Coder's model.</summary>
    public required string Model { get; init; }

    /// <summary>Who answered: <c>live</c>, <c>replay</c> or <c>simulated</c>.</summary>
    public required string AttemptKind { get; init; }

    public required SamplingSettings Sampling { get; init; }

    public required long InputTokens { get; init; }

    public required long OutputTokens { get; init; }

    public required long ReasoningTokens { get; init; }

    /// <summary>Characters.</summary>
    public required int ReasoningLength { get; init; }

    /// <summary>US dollars; null where prices are unknown.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>What the Judge used for <see cref="Advice"/>.</summary>
    public ModelUsage? JudgeUsage { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Software that made the attempt.</summary>
    public required string Kernelforge { get; init; }

    public required RecipeMark RecipeMark { get; init; }

    public required string License { get; init; }
}

/// <summary>The task of a canonical row.</summary>
public sealed record CanonicalTask
{
    public required string Name { get; init; }

    public string? Category { get; init; }

    public string? Origin { get; init; }

    public string? Kernelbench { get; init; }

    public required string Sha256 { get; init; }

    public required string Source { get; init; }

    /// <summary>Presets that the file declares.</summary>
    public IReadOnlyList<string> Presets { get; init => field = value ?? []; } = [];
}

/// <summary>What a recipe says of an attempt.</summary>
public sealed record RecipeMark
{
    public required string Recipe { get; init; }

    public required bool Selected { get; init; }

    /// <summary>Why it was kept (<c>correct</c>), or why not: a key of the funnel's <c>dropped</c>.</summary>
    public required string Reason { get; init; }
}
