using Npgsql;
using Quartz;

namespace KernelForge.Api.Work;

/// <summary>
/// The Quartz job of all steps; its trigger's name is the step's id. It claims the step, lets the kind's worker do it, and sees to it that a lost,
/// cancelled or broken step ends rightly. A failed kernel is a result; only a broken machine is tried again.
/// </summary>
internal sealed partial class StepJob(
    StepStore steps, RunningSteps running, IEnumerable<IStepWorker> workers, WorkerIdentity identity, NpgsqlDataSource database, OwnerStore owners, ILogger<StepJob> logger) : IJob
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var id = Guid.Parse((context.Recovering ? context.RecoveringTriggerKey! : context.Trigger.Key).Name);
        try
        {
            if (await steps.ClaimAsync(id, identity.Name, cancellationToken) is { } claim)
            {
                using var scope = logger.BeginScope("step {Step} owner {Owner}", claim.Id, claim.OwnerId);
                await RunAsync(claim, cancellationToken);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // The database is away, for one. The row still says that the step is open; the sweep gives it another job.
            StepBroke(logger, error, id);
        }
    }

    private async Task RunAsync(StepClaim claim, CancellationToken stopping)
    {
        var source = running.Begin(claim, stopping);
        using CancellationTokenSource done = new();
        var watch = WatchAsync(claim, source, done.Token);
        try
        {
            await workers.First(worker => worker.Kind == claim.Kind).RunAsync(claim, source.Token);
        }
        catch (StepLostException)
        {
            StepLost(logger, claim.Id);
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            // Cancelled, lost or stopping: where the row still is ours, the step is given back for another worker.
            if (stopping.IsCancellationRequested)
            {
                await steps.GiveBackAsync(claim, CancellationToken.None);
            }
        }
        catch (InfrastructureException error)
        {
            await FailAsync(claim, error.Message);
        }
        catch (AlteredRowException error)
        {
            await ParkAsync(claim, error.Message);
        }
        catch (Exception error) when (error is not NpgsqlException)
        {
            StepBroke(logger, error, claim.Id);
            await FailAsync(claim, $"an error of KernelForge itself; please report it: {error.Message}");
        }
        finally
        {
            await done.CancelAsync();
            await watch;
            running.End(claim);
        }
    }

    /// <summary>Tries again later, or parks the step with why.</summary>
    private async Task FailAsync(StepClaim claim, string failure)
    {
        if (claim.Tries < StepStore.MostTries)
        {
            StepTriedLater(logger, claim.Id, claim.Tries, failure);
            await steps.TryLaterAsync(claim, failure, CancellationToken.None);
            return;
        }

        await ParkAsync(claim, $"given up after {claim.Tries} tries; the last: {failure}");
    }

    /// <summary>Ends the step and what it belongs to as failed.</summary>
    private async Task ParkAsync(StepClaim claim, string message)
    {
        StepParked(logger, claim.Id, message);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        try
        {
            await StepStore.CheckFenceAsync(connection, claim, CancellationToken.None);
            await steps.FinishAsync(connection, claim, Lifecycle.Failed, message, CancellationToken.None);
            await owners.FailAsync(connection, claim, message, CancellationToken.None);
            await transaction.CommitAsync();
        }
        catch (StepLostException)
        {
            StepLost(logger, claim.Id);
        }
    }

    /// <summary>Polls behind the notifications: a step that was cancelled or taken over ends here within a second or two, whatever was missed.</summary>
    private async Task WatchAsync(StepClaim claim, CancellationTokenSource source, CancellationToken done)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Poll, done);
                if (!await steps.IsHeldAsync(claim, done))
                {
                    await source.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The step has ended.
        }
        catch (NpgsqlException error)
        {
            StepBroke(logger, error, claim.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "step {Step} broke")]
    private static partial void StepBroke(ILogger logger, Exception error, Guid step);

    [LoggerMessage(Level = LogLevel.Information, Message = "step {Step} is no longer ours; nothing was written")]
    private static partial void StepLost(ILogger logger, Guid step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "step {Step}, try {Tries}: {Failure}; it is tried again")]
    private static partial void StepTriedLater(ILogger logger, Guid step, int tries, string failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "step {Step} is parked: {Failure}")]
    private static partial void StepParked(ILogger logger, Guid step, string failure);
}
