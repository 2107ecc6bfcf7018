using Npgsql;
using Quartz;

namespace KernelForge.Api.Work;

/// <summary>
/// The sweep: gives a Quartz trigger to every accepted step that has none. It is the only way in which steps get one, so a crash between
/// accepting and scheduling loses nothing. One process does it at a time; a notification wakes it, and it polls behind that.
/// </summary>
internal sealed partial class Dispatcher(
    NpgsqlDataSource database, StepStore steps, ISchedulerFactory schedulers, Notifications notifications, ILogger<Dispatcher> logger) : BackgroundService
{
    /// <summary>Quartz group of the steps' triggers, and of the one job that they fire; a trigger's name is its step's id.</summary>
    public const string TriggerGroup = "steps";

    private const int Batch = 200;
    private const long SweepLock = 0x6b66_7377_6565_70;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Durable: the end of a one-off job that is not, and of its last trigger, happens under the lock of the whole cluster, one after the other
    /// (docs/adr/0051).
    /// </summary>
    private static readonly IJobDetail Job = JobBuilder.Create<StepJob>().WithIdentity("step", TriggerGroup).StoreDurably().RequestRecovery().Build();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await SweepAsync(stoppingToken) < Batch)
                {
                    await notifications.WaitAsync(StepStore.WorkChannel, "", Poll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or SchedulerException or InvalidOperationException or TimeoutException or IOException)
            {
                SweepBroke(logger, error);
                await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>One sweep; how many steps got a trigger.</summary>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (NpgsqlCommand alone = new("SELECT pg_try_advisory_xact_lock($1)", connection))
        {
            alone.Parameters.AddWithValue(SweepLock);
            if (await alone.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return 0;
            }
        }

        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var open = await steps.WithoutTriggerAsync(Batch, cancellationToken);
        if (open.Count > 0)
        {
            await scheduler.ScheduleJob(Job, [.. open.Select(TriggerOf)], ScheduleJobOptions.Replacing, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return open.Count;
    }

    private static ITrigger TriggerOf((Guid Id, string Group, int Priority) step) =>
        TriggerBuilder.Create().WithIdentity(step.Id.ToString(), TriggerGroup).WithPriority(step.Priority).WithExecutionGroup(step.Group).StartNow().Build();

    [LoggerMessage(Level = LogLevel.Warning, Message = "a sweep over accepted work broke off; it is tried again")]
    private static partial void SweepBroke(ILogger logger, Exception error);
}
