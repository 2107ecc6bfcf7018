using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Contracts.Service;

/// <summary>
/// What every line of a training format says of the attempt that it teaches, beside what the trainer reads. All members are scalars, so that every
/// row has the same columns.
/// </summary>
public record TrainingRow
{
    /// <summary>The attempt, <c>RUN/ROUND</c>; of a pair the chosen one.</summary>
    public required string Id { get; init; }

    /// <summary>Why the recipe took it: a key of the funnel's <c>kept</c>; of an answer that stands as a bad one, why it is bad.</summary>
    public required string Reason { get; init; }

    public required string Task { get; init; }

    public string? Category { get; init; }

    public required string TaskSha256 { get; init; }

    /// <summary>SHA-256 of the code in the row, which is the code that was judged; of recipe <c>judge</c>, of the code in the prompt.</summary>
    public required string SolutionSha256 { get; init; }

    /// <summary>The Coder's model.</summary>
    public required string Model { get; init; }

    /// <summary>Who answered: <c>live</c>, <c>replay</c> or <c>simulated</c>.</summary>
    public required string AttemptKind { get; init; }

    public required string Strategy { get; init; }

    public required int Round { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary><c>passed</c>, or of an answer that stands as a bad one what became of it.</summary>
    public required string Status { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>: the figures that follow.</summary>
    public required string Kind { get; init; }

    public required string Platform { get; init; }

    public required string Device { get; init; }

    public required string EvaluationVersion { get; init; }

    public required string Precision { get; init; }

    public required bool UsesLibrary { get; init; }

    public required bool Prepared { get; init; }

    public required bool FastMath { get; init; }

    /// <summary>Null of an answer that did not pass.</summary>
    public double? LatencyMs { get; init; }

    public string? Baseline { get; init; }

    public double? SpeedupFactor { get; init; }

    public double? SpeedOfLightFraction { get; init; }

    /// <summary>Latency of the run's best before ÷ latency of this one.</summary>
    public double? Gain { get; init; }

    /// <summary>As the provider counted them; 0 where it does not.</summary>
    public required long ReasoningTokens { get; init; }

    /// <summary>Characters.</summary>
    public required int ReasoningLength { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string License { get; init; }
}

/// <summary>A line of format <c>sft</c>: <c>messages</c> is what TRL's trainer reads.</summary>
public sealed record SftRow : TrainingRow
{
    public SftRow()
    {
    }

    /// <summary>With what the row says of its attempt; the other members are to be set.</summary>
    [SetsRequiredMembers]
    public SftRow(TrainingRow attempt)
        : base(attempt)
    {
        Messages = [];
    }

    /// <summary>
    /// The prompt as it was sent, and the assistant's answer: <c>&lt;think&gt;</c> reasoning <c>&lt;/think&gt;</c> and one fenced block with the
    /// solution, byte for byte what was judged.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<PromptMessage> Messages { get; init; }
}

/// <summary>A line of format <c>completion</c>: TRL's prompt and completion, as messages.</summary>
public sealed record CompletionRow : TrainingRow
{
    public CompletionRow()
    {
    }

    /// <summary>With what the row says of its attempt; the other members are to be set.</summary>
    [SetsRequiredMembers]
    public CompletionRow(TrainingRow attempt)
        : base(attempt)
    {
        Prompt = [];
        Completion = [];
    }

    [JsonPropertyOrder(-2)]
    public required IReadOnlyList<PromptMessage> Prompt { get; init; }

    /// <summary>The assistant's one message.</summary>
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<PromptMessage> Completion { get; init; }
}

/// <summary>A line of format <c>dpo</c>: two answers to one prompt. The columns without <c>rejected_</c> are of the chosen one.</summary>
public sealed record DpoRow : TrainingRow
{
    public DpoRow()
    {
    }

    /// <summary>With what the row says of its attempt; the other members are to be set.</summary>
    [SetsRequiredMembers]
    public DpoRow(TrainingRow attempt)
        : base(attempt)
    {
        Prompt = [];
        Chosen = [];
        Rejected = [];
        RejectedId = "";
        RejectedReason = "";
        RejectedStatus = "";
        RejectedSolutionSha256 = "";
    }

    [JsonPropertyOrder(-3)]
    public required IReadOnlyList<PromptMessage> Prompt { get; init; }

    [JsonPropertyOrder(-2)]
    public required IReadOnlyList<PromptMessage> Chosen { get; init; }

    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<PromptMessage> Rejected { get; init; }

    /// <summary>The other attempt, <c>RUN/ROUND</c>.</summary>
    public required string RejectedId { get; init; }

    /// <summary><c>rejected_slow</c> or <c>rejected_wrong</c>.</summary>
    public required string RejectedReason { get; init; }

    /// <summary>What became of it: <c>passed</c>, <c>incorrect</c>, …</summary>
    public required string RejectedStatus { get; init; }

    public required string RejectedSolutionSha256 { get; init; }

    /// <summary>Null where it did not pass.</summary>
    public double? RejectedLatencyMs { get; init; }
}

/// <summary>A line of format <c>kto</c>: one answer, and whether it is a good one.</summary>
public sealed record KtoRow : TrainingRow
{
    public KtoRow()
    {
    }

    /// <summary>With what the row says of its attempt; the other members are to be set.</summary>
    [SetsRequiredMembers]
    public KtoRow(TrainingRow attempt)
        : base(attempt)
    {
        Prompt = [];
        Completion = [];
    }

    [JsonPropertyOrder(-3)]
    public required IReadOnlyList<PromptMessage> Prompt { get; init; }

    [JsonPropertyOrder(-2)]
    public required IReadOnlyList<PromptMessage> Completion { get; init; }

    [JsonPropertyOrder(-1)]
    public required bool Label { get; init; }
}

/// <summary>A line of format <c>sharegpt</c>.</summary>
public sealed record ShareGptRow : TrainingRow
{
    public ShareGptRow()
    {
    }

    /// <summary>With what the row says of its attempt; the other members are to be set.</summary>
    [SetsRequiredMembers]
    public ShareGptRow(TrainingRow attempt)
        : base(attempt)
    {
        Conversations = [];
    }

    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<ShareGptTurn> Conversations { get; init; }
}

/// <summary>One turn of a <see cref="ShareGptRow"/>.</summary>
/// <param name="From"><c>system</c>, <c>human</c> or <c>gpt</c>.</param>
/// <param name="Value">Its text.</param>
public sealed record ShareGptTurn(string From, string Value);

/// <summary>A line of format <c>alpaca</c>.</summary>
public sealed record AlpacaRow : TrainingRow
{
    public AlpacaRow()
    {
    }

    /// <summary>With what the row says of its attempt; the other members are to be set.</summary>
    [SetsRequiredMembers]
    public AlpacaRow(TrainingRow attempt)
        : base(attempt)
    {
        Instruction = "";
        Input = "";
        Output = "";
        System = "";
        History = [];
    }

    /// <summary>The last message before the answer.</summary>
    [JsonPropertyOrder(-5)]
    public required string Instruction { get; init; }

    /// <summary>Empty: the instruction is whole.</summary>
    [JsonPropertyOrder(-4)]
    public required string Input { get; init; }

    /// <summary>The answer.</summary>
    [JsonPropertyOrder(-3)]
    public required string Output { get; init; }

    /// <summary>Empty where there was none.</summary>
    [JsonPropertyOrder(-2)]
    public required string System { get; init; }

    /// <summary>Earlier turns, a question and its answer each.</summary>
    [JsonPropertyOrder(-1)]
    public required IReadOnlyList<IReadOnlyList<string>> History { get; init; }
}

/// <summary>A line of format <c>verl</c>: a prompt to answer, and what the reward needs. The provenance is <see cref="ExtraInfo"/>.</summary>
public sealed record VerlRow
{
    /// <summary><c>kernelforge/CATEGORY</c>.</summary>
    public required string DataSource { get; init; }

    public required IReadOnlyList<PromptMessage> Prompt { get; init; }

    /// <summary><c>cuda</c>.</summary>
    public required string Ability { get; init; }

    public required VerlReward RewardModel { get; init; }

    public required VerlExtraInfo ExtraInfo { get; init; }
}

/// <summary>What a verl row is rewarded by.</summary>
public sealed record VerlReward
{
    /// <summary><c>rule</c>: an answer is judged by <c>kernelforge eval</c> on <c>extra_info.task</c>.</summary>
    public required string Style { get; init; }

    /// <summary>A solution that passed, byte for byte as it was judged.</summary>
    public required string GroundTruth { get; init; }
}

/// <summary>The provenance of a <see cref="VerlRow"/>.</summary>
public sealed record VerlExtraInfo : TrainingRow
{
    public VerlExtraInfo()
    {
    }

    /// <summary>With what the row says of its attempt; the other members are to be set.</summary>
    [SetsRequiredMembers]
    public VerlExtraInfo(TrainingRow attempt)
        : base(attempt)
    {
        Split = "";
        Reasoning = "";
    }

    /// <summary><c>train</c> or <c>validation</c>.</summary>
    [JsonPropertyOrder(-3)]
    public required string Split { get; init; }

    /// <summary>Of the row in its split, from 0.</summary>
    [JsonPropertyOrder(-2)]
    public required long Index { get; init; }

    /// <summary>The reasoning before the ground truth.</summary>
    [JsonPropertyOrder(-1)]
    public required string Reasoning { get; init; }
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

    /// <summary>Why it was kept, a key of the funnel's <c>kept</c>, or why not, a key of its <c>dropped</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Length of the reasoning by which attempts were compared; null where it was not read.</summary>
    public double? Length { get; init; }

    /// <summary><c>tokens</c> (the provider counted all that it was compared with) or <c>characters</c>; null where there is no length.</summary>
    public string? LengthUnit { get; init; }

    /// <summary>Speed-up for each thousand of <see cref="Length"/>; null where either is missing.</summary>
    public double? Conciseness { get; init; }

    /// <summary>The attempt of the same cluster that was kept instead, <c>RUN/ROUND</c>; null where this is no duplicate.</summary>
    public string? DuplicateOf { get; init; }

    /// <summary>The worked example of the prompts that the code nearly equals; null for none.</summary>
    public string? WorkedExample { get; init; }

    /// <summary>The benchmark's task that this one is or nearly is, and by what: <c>L1/19 by id</c>; null for none.</summary>
    public string? Benchmark { get; init; }
}
