namespace KernelForge.Agents.Search;

/// <summary><c>single</c> and <c>best-of-n</c>: first solutions only, each for itself; the best counts.</summary>
internal sealed class SamplingStrategy(string name, bool once) : Strategy(name, usesJudge: false)
{
    internal override RunLimits Limits(RunLimits asked) => once ? asked with { Rounds = 1 } : asked;

    internal override async Task<Stop?> AdvanceAsync(RunSession session, CancellationToken cancellationToken) =>
        StopRule.AfterAttempt(session.Limits, session.Attempts, session.Best)
        ?? session.BeforeCall()
        ?? await session.AttemptAsync(new NextStep(RoundModes.First, null, Sight.Nothing), null, cancellationToken);
}
