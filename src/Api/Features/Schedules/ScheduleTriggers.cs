using KernelForge.Api.Work;
using Npgsql;
using Quartz;

namespace KernelForge.Api.Features.Schedules;

/// <summary>
/// Keeps Quartz's cron triggers in step with the rows of schedules, which own the truth: on start, when told of a change, and every few seconds
/// behind that. It also ends checks whose submission ended without a verdict.
/// </summary>
internal sealed partial class ScheduleTriggers(
    NpgsqlDataSource database, ISchedulerFactory schedulers, Notifications notifications, TimeProvider time, ILogger<ScheduleTriggers> logger) : BackgroundService
{
    /// <summary>Payload of a notification on <see cref="StepStore.WorkChannel"/> that schedules have changed.</summary>
    public const string Changed = "schedules";

    private const long SweepLock = 0x6b66_7363_6865_64;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <summary>One sweep.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (NpgsqlCommand alone = new("SELECT pg_try_advisory_xact_lock($1)", connection))
        {
            alone.Parameters.AddWithValue(SweepLock);
            if (await alone.ExecuteScalarAsync(cancellationToken) is not true)
            {
                return;
            }
        }

        await EndChecksAsync(connection, cancellationToken);
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        var wanted = await PairsAsync(connection, "SELECT id::text, cron FROM schedules WHERE deleted_at IS NULL", cancellationToken);
        var there = await PairsAsync(
            connection,
            """
            SELECT j.job_name, coalesce(c.cron_expression, '')
            FROM quartz.qrtz_job_details j
            LEFT JOIN quartz.qrtz_cron_triggers c ON c.sched_name = j.sched_name AND c.trigger_name = j.job_name AND c.trigger_group = j.job_group
            WHERE j.job_group = 'schedules'
            """,
            cancellationToken);
        foreach (var (id, _) in there.Where(job => wanted.GetValueOrDefault(job.Key) != job.Value))
        {
            await scheduler.DeleteJob(new JobKey(id, ScheduleJob.Group), cancellationToken);
        }

        foreach (var (id, cron) in wanted.Where(row => there.GetValueOrDefault(row.Key) != row.Value))
        {
            await AddAsync(scheduler, id, CronText.Stored(cron), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SweepAsync(stoppingToken);
                await notifications.WaitAsync(StepStore.WorkChannel, Changed, Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or SchedulerException or InvalidOperationException or TimeoutException or IOException)
            {
                SweepBroke(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task AddAsync(IScheduler scheduler, string id, CronExpression cron, CancellationToken cancellationToken)
    {
        if (CronText.Next(cron, time.GetUtcNow(), 1).Count == 0)
        {
            return;
        }

        // Ungrouped, so that every worker serves it; a firing that was missed while no worker was there is made once.
        var job = JobBuilder.Create<ScheduleJob>().WithIdentity(id, ScheduleJob.Group).RequestRecovery().Build();
        var trigger = TriggerBuilder.Create().WithIdentity(id, ScheduleJob.Group).ForJob(job)
            .WithCronSchedule(cron, schedule => schedule.WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build();
        try
        {
            await scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
        }
        catch (ObjectAlreadyExistsException)
        {
            // It has its trigger.
        }
    }

    /// <summary>A submission that was parked or cancelled has no verdict, and will have none.</summary>
    private static async Task EndChecksAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            """
            UPDATE schedule_checks c SET verdict = 'failed', message = coalesce(s.failure, 'its submission was cancelled'), finished_at = s.finished_at
            FROM submissions s WHERE s.id = c.submission_id AND c.verdict = 'pending' AND s.state IN ('failed', 'cancelled')
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Dictionary<string, string>> PairsAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        Dictionary<string, string> pairs = new(StringComparer.Ordinal);
        await using NpgsqlCommand command = new(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            pairs[reader.GetString(0)] = reader.GetString(1);
        }

        return pairs;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "keeping the schedules' triggers broke off; it is tried again")]
    private static partial void SweepBroke(ILogger logger, Exception error);
}
