using System.Text.Json.Serialization;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Runs;

/// <summary>
/// What happens while a run goes on, in order: a closed hierarchy tagged <c>event</c>. Terminals, server-sent events and
/// tests read the same values.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(RunStarted), "run_started")]
[JsonDerivedType(typeof(RoundStarted), "round_started")]
[JsonDerivedType(typeof(ModelReplied), "model_replied")]
[JsonDerivedType(typeof(Evaluated), "evaluated")]
[JsonDerivedType(typeof(Improved), "improved")]
[JsonDerivedType(typeof(Advised), "advised")]
[JsonDerivedType(typeof(Stopped), "stopped")]
public abstract record RunEvent
{
    private protected RunEvent()
    {
    }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>When, in UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>A run begins, or resumes after <see cref="FinishedRounds"/> rounds.</summary>
public sealed record RunStarted : RunEvent
{
    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The strategy's name.</summary>
    public required string Strategy { get; init; }

    /// <summary>The Coder's model.</summary>
    public required string Coder { get; init; }

    /// <summary>The Judge's model, or <c>rules</c>; null where the strategy has no Judge.</summary>
    public string? Judge { get; init; }

    /// <summary>Most rounds it will make.</summary>
    public required int Rounds { get; init; }

    /// <summary>Rounds that an earlier process had finished.</summary>
    public int FinishedRounds { get; init; }
}

/// <summary>A round begins: the Coder is asked next.</summary>
public sealed record RoundStarted : RunEvent
{
    /// <summary>From 0.</summary>
    public required int Round { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The round that it starts from; null for none.</summary>
    public int? Parent { get; init; }
}

/// <summary>A model answered (or, for a Judge, answered unusably).</summary>
public sealed record ModelReplied : RunEvent
{
    /// <summary>The round.</summary>
    public required int Round { get; init; }

    /// <summary><c>coder</c> or <c>judge</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Wall time, milliseconds, second asks included.</summary>
    public required double DurationMs { get; init; }

    /// <summary>What it used.</summary>
    public required ModelUsage Usage { get; init; }

    /// <summary>Characters of the answer.</summary>
    public required int TextLength { get; init; }

    /// <summary>Characters of the reasoning; 0 where the provider gives none.</summary>
    public required int ReasoningLength { get; init; }
}

/// <summary>The round's solution was judged.</summary>
public sealed record Evaluated : RunEvent
{
    /// <summary>The round.</summary>
    public required int Round { get; init; }

    /// <summary>The verdict.</summary>
    public required EvaluationOutcome Outcome { get; init; }

    /// <summary>Latency of the best before ÷ latency of this one; null where either does not exist.</summary>
    public double? Gain { get; init; }

    /// <summary>What came of the advice that it followed: <c>gain</c>, <c>loss</c>, <c>broke_it</c> or <c>no_change</c>; null where there was none.</summary>
    public string? AdviceOutcome { get; init; }

    /// <summary>Wall time, milliseconds.</summary>
    public required double DurationMs { get; init; }
}

/// <summary>The round's solution is the best so far.</summary>
public sealed record Improved : RunEvent
{
    /// <summary>The round.</summary>
    public required int Round { get; init; }

    /// <summary>The new best.</summary>
    public required BestSolution Best { get; init; }

    /// <summary>Latency of the best before ÷ latency of this one; null for the first that passed.</summary>
    public double? Gain { get; init; }
}

/// <summary>The Judge advised.</summary>
public sealed record Advised : RunEvent
{
    /// <summary>The round just finished.</summary>
    public required int Round { get; init; }

    /// <summary>The round whose solution the advice is about: the best one where the run goes back.</summary>
    public required int About { get; init; }

    /// <summary>The advice.</summary>
    public required JudgeAdvice Advice { get; init; }
}

/// <summary>The run ended.</summary>
public sealed record Stopped : RunEvent
{
    /// <summary>As in <see cref="RunReport.Status"/>.</summary>
    public required string Status { get; init; }

    /// <summary>As in <see cref="RunReport.StopReason"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>The reason in a sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The best that passed; null where none did.</summary>
    public BestSolution? Best { get; init; }

    /// <summary>Calls and tokens of the whole run.</summary>
    public required ModelUsage Usage { get; init; }
}
