using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>Which of a run's attempts is the best.</summary>
public static class BestAttempt
{
    /// <summary>The best that passed, in the order in which they were made; null where none did.</summary>
    public static AttemptRecord? Of(IEnumerable<AttemptRecord> attempts)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        return attempts.Aggregate((AttemptRecord?)null, (best, attempt) => IsBetter(attempt, best) ? attempt : best);
    }

    /// <summary>Rankable before unrankable, then the larger speed-up (each against the baseline of its own class), else the smaller latency.</summary>
    internal static bool IsBetter(AttemptRecord attempt, AttemptRecord? best)
    {
        if (attempt.Outcome is not Passed || best is null || attempt.Outcome.Ranked != best.Outcome.Ranked)
        {
            return attempt.Outcome is Passed && (best is null || attempt.Outcome.Ranked);
        }

        return (attempt.Outcome.Performance, best.Outcome.Performance) switch
        {
            (null, _) => false,
            (_, null) => true,
            ({ SpeedupFactor: { } mine }, { SpeedupFactor: { } other }) => mine > other,
            var (mine, other) => mine.LatencyMs < other.LatencyMs,
        };
    }

    /// <summary>Its figures.</summary>
    public static BestSolution Figures(AttemptRecord attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        return new BestSolution
        {
            SolutionSha256 = attempt.Sha256!,
            SpeedupFactor = attempt.Outcome.Performance?.SpeedupFactor,
            LatencyMs = attempt.Outcome.Performance?.LatencyMs,
        };
    }
}
