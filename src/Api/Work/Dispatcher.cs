using Npgsql;
using Quartz;

namespace KernelForge.Api.Work;

/// <summary>
/// The sweep: gives a Quartz job to every accepted step that has none. It is the only way in which steps get jobs, so a crash between
/// accepting and scheduling loses nothing. One process does it at a time; a notification wakes it, and it polls behind that.
/// </summary>
internal sealed partial class Dispatcher(
    NpgsqlDataSource database, StepStore steps, ISchedulerFactory schedulers, Notifications notifications, ILogger<Dispatcher> logger) : BackgroundService
{
    /// <summary>Quartz group of the steps' jobs.</summary>
    public const string JobGroup = "steps";

    private const int Batch = 200;
    private const long SweepLock = 0x6b66_7377_6565_70;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

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

    /// <summary>One sweep; how many steps got a job.</summary>
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
        var open = await steps.WithoutJobAsync(Batch, cancellationToken);
        if (open.Count > 0)
        {
            await scheduler.ScheduleJobs(open.ToDictionary(JobOf, step => (IReadOnlyCollection<ITrigger>)[TriggerOf(step)]), cancellationToken: cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return open.Count;
    }

    private static IJobDetail JobOf((Guid Id, string Group, int Priority) step) =>
        JobBuilder.Create<StepJob>().WithIdentity(step.Id.ToString(), JobGroup).RequestRecovery().Build();

    private static ITrigger TriggerOf((Guid Id, string Group, int Priority) step) =>
        TriggerBuilder.Create().WithIdentity(step.Id.ToString(), JobGroup).WithPriority(step.Priority).WithExecutionGroup(step.Group).StartNow().Build();

    [LoggerMessage(Level = LogLevel.Warning, Message = "a sweep over accepted work broke off; it is tried again")]
    private static partial void SweepBroke(ILogger logger, Exception error);
}
