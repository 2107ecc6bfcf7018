using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary><c>single</c> and <c>best-of-n</c>: first solutions only, each for itself; the best counts.</summary>
internal sealed class SamplingStrategy(string name, bool once) : IStrategy
{
    public string Name => name;

    public bool UsesJudge => false;

    public Task<RunReport> RunAsync(RunRequest request, AgentTeam team, IProgress<RunEvent>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RunSession.RunAsync(this, once ? request with { Limits = request.Limits with { Rounds = 1 } } : request, team, progress, LoopAsync, cancellationToken);
    }

    private static async Task<Stop> LoopAsync(RunSession session, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((StopRule.AfterAttempt(session.Request.Limits, session.Attempts, session.Best) ?? session.BeforeCall()) is { } stop)
            {
                return stop;
            }

            if (await session.AttemptAsync(new NextStep(RoundModes.First, null, Independent: true), null, cancellationToken) is { } fault)
            {
                return fault;
            }
        }
    }
}
