using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>What a prompt shows of earlier attempts, besides the one that it starts from.</summary>
internal enum Sight
{
    /// <summary>The best, the latest and what was tried.</summary>
    Everything,

    /// <summary>What was made from the same attempt.</summary>
    Siblings,

    /// <summary>Nothing.</summary>
    Nothing,
}

/// <summary>What to attempt next, and from which attempt.</summary>
/// <param name="Mode">What the Coder is asked for.</param>
/// <param name="Basis">The attempt to start from; null for none.</param>
/// <param name="Sight">What else is shown.</param>
/// <param name="Second">A second parent, to take from; null for none.</param>
internal sealed record NextStep(string Mode, AttemptRecord? Basis, Sight Sight = Sight.Everything, AttemptRecord? Second = null)
{
    /// <summary>
    /// The branching rule of <c>coder-judge</c> and <c>self-refine</c>, from finished attempts alone:
    /// passed → optimise the best; a change of the best that fails → correct it, a few times, then go back to the best;
    /// nothing passed yet → correct the latest, or what had come furthest when two rounds in a row fell behind it.
    /// An answer without a solution is asked for again from the same basis.
    /// </summary>
    public static NextStep After(IReadOnlyList<AttemptRecord> attempts, AttemptRecord? best, int correctionsPerChange)
    {
        var latest = attempts.Count == 0 ? null : attempts[^1];
        if (latest is null || attempts.All(attempt => attempt.Code is null))
        {
            return new NextStep(RoundModes.First, null);
        }

        if (latest.Outcome is Passed && best is not null)
        {
            return new NextStep(RoundModes.Optimisation, best);
        }

        if (best is not null && attempts.Reverse().TakeWhile(attempt => attempt.Mode == RoundModes.Correction && attempt.Outcome is not Passed).Count() >= correctionsPerChange)
        {
            return new NextStep(RoundModes.Optimisation, best);
        }

        if (latest.Code is null)
        {
            return latest.Parent is { } parent
                ? new NextStep(latest.Mode, attempts.First(attempt => attempt.Round == parent))
                : new NextStep(RoundModes.First, null);
        }

        return new NextStep(RoundModes.Correction, best is null ? Furthest(attempts, latest) : latest);
    }

    /// <summary>The latest, unless it and the one before are both behind an earlier one: then the furthest of all, the later of equals.</summary>
    private static AttemptRecord Furthest(IReadOnlyList<AttemptRecord> attempts, AttemptRecord latest)
    {
        var withCode = attempts.Where(attempt => attempt.Code is not null).ToList();
        var furthest = withCode.OrderBy(attempt => Distance(attempt.Outcome)).ThenBy(attempt => attempt.Round).Last();
        return withCode.Count >= 3 && withCode[^2..].TrueForAll(attempt => Distance(attempt.Outcome) < Distance(furthest.Outcome)) ? furthest : latest;
    }

    /// <summary>How far an evaluation came, in the order in which statuses apply.</summary>
    public static int Distance(EvaluationOutcome outcome) => outcome switch
    {
        AnswerError => 0,
        PlanError or Rejected => 1,
        CompileError => 2,
        Unsupported => 3,
        TimedOut or RuntimeError => 4,
        MemoryError => 5,
        RaceError or SyncError => 6,
        IncorrectShape or IncorrectDtype or IncorrectNumerical => 7,
        Implausible => 8,
        _ => 9,
    };
}
