using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>
/// Runs a strategy: to its end, or one durable round at a time. What is finished is in the journal, so either goes on where an earlier
/// process ended. Failed kernels, models and evaluators are in the report; cancelled is a status, not an exception.
/// </summary>
public static class SearchRun
{
    /// <summary>Runs to the end.</summary>
    /// <param name="strategy">How to search.</param>
    /// <param name="request">What to do.</param>
    /// <param name="team">Who does it.</param>
    /// <param name="journal">What is kept; finished attempts in it are not made again.</param>
    /// <param name="progress">Told what happens, in order, on the run's own thread; null: nobody.</param>
    /// <param name="cancellationToken">Ends the run; finished rounds stay in the report and in the journal.</param>
    /// <exception cref="ModelSetupException">A budget is set and the price of the model is not known.</exception>
    public static async Task<RunReport> RunAsync(
        Strategy strategy, RunRequest request, AgentTeam team, IRunJournal journal, IProgress<RunEvent>? progress, CancellationToken cancellationToken)
    {
        var session = await RunSession.OpenAsync(strategy, request, team, journal, progress, cancellationToken);
        session.Begin();
        while (true)
        {
            if (await AdvanceAsync(strategy, session, cancellationToken) is { } stop)
            {
                return session.Finish(stop);
            }
        }
    }

    /// <summary>Makes one round; the report where the run has ended, null where another round follows. The parameters are those of <see cref="RunAsync"/>.</summary>
    public static async Task<RunReport?> AdvanceAsync(
        Strategy strategy, RunRequest request, AgentTeam team, IRunJournal journal, IProgress<RunEvent>? progress, CancellationToken cancellationToken)
    {
        var session = await RunSession.OpenAsync(strategy, request, team, journal, progress, cancellationToken);
        if (session.Attempts.Count == 0)
        {
            session.Begin();
        }

        return await AdvanceAsync(strategy, session, cancellationToken) is { } stop ? session.Finish(stop) : null;
    }

    private static async Task<Stop?> AdvanceAsync(Strategy strategy, RunSession session, CancellationToken cancellationToken)
    {
        using var clock = session.TimeLeft is { } left ? new CancellationTokenSource(left, session.Time) : new CancellationTokenSource();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        try
        {
            both.Token.ThrowIfCancellationRequested();
            return await strategy.AdvanceAsync(session, both.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new Stop("cancelled", "the run was cancelled", "cancelled");
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested)
        {
            return new Stop("time", $"the time of {session.Limits.Time} is used up");
        }
        catch (TranscriptException exception)
        {
            return exception.Ended && session.Attempts.Count > 0
                ? new Stop("transcript_ended", exception.Message)
                : new Stop(exception.Ended ? "transcript_ended" : "transcript_mismatch", exception.Message, "failed", new EvaluatorFault { ExitCode = 65, Message = exception.Message });
        }
        catch (BudgetException exception)
        {
            return new Stop(exception.Reason, exception.Message);
        }
        catch (ChatFailureException exception)
        {
            return new Stop("model_error", exception.Message, "failed", new EvaluatorFault { ExitCode = 69, Message = exception.Message });
        }
    }
}
