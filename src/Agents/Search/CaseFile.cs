using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>What the Coder or the Judge is shown in one call.</summary>
public sealed record CaseFile
{
    /// <summary>The task.</summary>
    public required TaskBrief Task { get; init; }

    /// <summary><c>sim</c> or <c>cuda</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>GPU or GPU profile; null: the platform's default.</summary>
    public string? Device { get; init; }

    /// <summary>The round: of the call for the Coder, the one just finished for the Judge.</summary>
    public required int Round { get; init; }

    /// <summary><c>first</c>, <c>correction</c> or <c>optimisation</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>The attempt that is repaired, improved or judged; null for a first solution.</summary>
    public AttemptRecord? Basis { get; init; }

    /// <summary>A second attempt to take from; null for none.</summary>
    public AttemptRecord? Second { get; init; }

    /// <summary>The best that passed; null where none did.</summary>
    public AttemptRecord? Best { get; init; }

    /// <summary>The latest attempt; null before the first.</summary>
    public AttemptRecord? Latest { get; init; }

    /// <summary>Every finished attempt in order.</summary>
    public IReadOnlyList<AttemptRecord> History { get; init; } = [];

    /// <summary>The Judge's advice for the Coder; null where there is none.</summary>
    public JudgeAdvice? Advice { get; init; }
}
