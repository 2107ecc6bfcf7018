using KernelForge.Contracts.Outcomes;

namespace KernelForge.Agents.Search;

/// <summary>
/// <c>cudaforge</c>: the published loop as it is (research: CudaForge). A chain: each round starts from the latest kernel, whether it was better or not; what runs
/// and is right is optimised, everything else corrected, on the Judge's one advice. Prompts know the latest kernel and the latest feedback only. The only stop
/// of its own is the number of rounds: N rounds are N calls of the Coder and N − 1 of the Judge, 19 at N = 10.
/// </summary>
internal sealed class CudaForgeStrategy(string name) : Strategy(name, usesJudge: true)
{
    internal override RunLimits Limits(RunLimits asked) => asked with { SpeedOfLightFraction = null, PlateauRounds = null };

    internal override async Task<Stop?> AdvanceAsync(RunSession session, CancellationToken cancellationToken)
    {
        if ((StopRule.AfterAttempt(session.Limits, session.Attempts, session.Best) ?? session.BeforeCall()) is { } stop)
        {
            return stop;
        }

        // An answer without a kernel leaves the one before as the latest.
        var latest = session.Attempts.LastOrDefault(attempt => attempt.Code is not null);
        var step = latest is null
            ? new NextStep(RoundModes.First, null, Sight.Nothing)
            : new NextStep(latest.Outcome is Passed ? RoundModes.Optimisation : RoundModes.Correction, latest, Sight.Nothing);
        var advice = latest is null ? null : await session.AdviseAsync(step, cancellationToken);
        return (advice is null ? null : session.BeforeCall()) ?? await session.AttemptAsync(step, advice, cancellationToken);
    }
}
