using System.Text.Json.Serialization;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Runs;

/// <summary>
/// One attempt with its whole provenance: a line of an attempts file, later a row of the database and of datasets
/// (research/concur.md, "Row"). It is written once, when the attempt's round has finished.
/// </summary>
public sealed record AttemptRecord
{
    /// <summary>Version of this record's form.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary><c>RUN/ROUND</c>: the same attempt has the same id whoever writes it.</summary>
    public required string Id { get; init; }

    /// <summary><c>live</c> (a provider answered), <c>replay</c> or <c>simulated</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The strategy's name.</summary>
    public required string Strategy { get; init; }

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The task's category; null for a file outside the suite.</summary>
    public string? Category { get; init; }

    /// <summary>SHA-256 of the task file, lower-case hex.</summary>
    public required string TaskSha256 { get; init; }

    /// <summary>The task file's text.</summary>
    public required string TaskSource { get; init; }

    /// <summary>From 0.</summary>
    public required int Round { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The round whose solution this one started from; null for none.</summary>
    public int? Parent { get; init; }

    /// <summary>Id of the parent attempt; null for none.</summary>
    public string? ParentAttempt { get; init; }

    /// <summary>The Coder's model.</summary>
    public required string Model { get; init; }

    /// <summary>How it was sampled: what the provider was sent, without what the model refused.</summary>
    public required SamplingSettings Sampling { get; init; }

    /// <summary>The prompt, by template and content.</summary>
    public required PromptReference Prompt { get; init; }

    /// <summary>The messages sent, whole.</summary>
    public required IReadOnlyList<PromptMessage> Messages { get; init; }

    /// <summary>The Coder's reasoning; null where the provider gives none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The answer, whole.</summary>
    public required string Answer { get; init; }

    /// <summary><c>stop</c>, <c>length</c>, <c>content_filter</c>, …; null where the provider gives none.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The solution's text, byte for byte what was judged; null where the answer held none.</summary>
    public string? Code { get; init; }

    /// <summary>SHA-256 of <see cref="Code"/> as UTF-8, lower-case hex; null where there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The advice that this attempt followed, given about its parent; null for none.</summary>
    public JudgeAdvice? Advice { get; init; }

    /// <summary>
    /// What came of <see cref="Advice"/>, against its parent: <c>gain</c>, <c>loss</c>, <c>broke_it</c> or <c>no_change</c>; null where there is no advice, or no solution followed it.
    /// </summary>
    public string? AdviceOutcome { get; init; }

    /// <summary>The second attempt that this one took from; null for none.</summary>
    public int? SecondParent { get; init; }

    /// <summary>Which of a portfolio's searches asked for it; null elsewhere.</summary>
    public string? Arm { get; init; }

    /// <summary>The verdict, whole.</summary>
    public required EvaluationOutcome Outcome { get; init; }

    /// <summary>Latency of the best before ÷ latency of this one; null where either does not exist.</summary>
    public double? Gain { get; init; }

    /// <summary>What the Coder used.</summary>
    public required ModelUsage Usage { get; init; }

    /// <summary>What the Judge used for <see cref="Advice"/>; null where no model was asked.</summary>
    public ModelUsage? JudgeUsage { get; init; }

    /// <summary>When the round began, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was finished, in UTC.</summary>
    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>This software's version.</summary>
    public required string Kernelforge { get; init; }
}

/// <summary>One message of a prompt.</summary>
public sealed record PromptMessage
{
    /// <summary><c>system</c>, <c>user</c> or <c>assistant</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Its text.</summary>
    public required string Content { get; init; }
}

/// <summary>How a model was sampled; null members were left to the provider.</summary>
public sealed record SamplingSettings
{
    /// <summary>Temperature.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus.</summary>
    public double? TopP { get; init; }

    /// <summary>Most tokens of an answer, reasoning included.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Seed of the sampling, where the provider has one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }

    /// <summary>How much a model that reasons is asked to: <c>none</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningEffort { get; init; }
}
