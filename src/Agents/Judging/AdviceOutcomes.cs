using KernelForge.Agents.Search;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Judging;

/// <summary>What came of a piece of advice (<see cref="AttemptRecord.AdviceOutcome"/>).</summary>
public static class AdviceOutcomes
{
    /// <summary>It helped: faster by a worthwhile factor, or further on the way to a pass.</summary>
    public const string Gain = "gain";

    /// <summary>Slower, or less far.</summary>
    public const string Loss = "loss";

    /// <summary>What passed passes no more.</summary>
    public const string BrokeIt = "broke_it";

    /// <summary>Nothing worth mentioning.</summary>
    public const string NoChange = "no_change";

    /// <summary>What came of it: the attempt that the advice was about, against the outcome of the one that followed it.</summary>
    public static string? Of(AttemptRecord? parent, EvaluationOutcome after)
    {
        ArgumentNullException.ThrowIfNull(after);
        return (parent?.Outcome, after) switch
        {
            (null, _) => null,
            (Passed, not Passed) => BrokeIt,
            (Passed before, Passed) => (before.Performance?.LatencyMs, after.Performance?.LatencyMs) switch
            {
                ({ } was, { } now) => was / now >= RuleJudge.WorthwhileGain ? Gain : now / was >= RuleJudge.WorthwhileGain ? Loss : NoChange,
                _ => NoChange,
            },
            var (before, _) => NextStep.Distance(after).CompareTo(NextStep.Distance(before)) switch { > 0 => Gain, < 0 => Loss, _ => NoChange },
        };
    }
}
