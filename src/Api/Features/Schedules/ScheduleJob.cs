using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Quartz;

namespace KernelForge.Api.Features.Schedules;

/// <summary>The Quartz job of every schedule; its key is the schedule's id. A firing has one batch, whichever process makes it and however often it is tried.</summary>
internal sealed partial class ScheduleJob(ScheduleRunner runner, ILogger<ScheduleJob> logger) : IJob
{
    /// <summary>Quartz group of the schedules' jobs and triggers.</summary>
    public const string Group = "schedules";

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var schedule = Guid.Parse(context.JobDetail.Key.Name);
        try
        {
            await runner.StartAsync(schedule, BatchOf(schedule, FireTime(context)), waitForLast: true, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            // The next firing looks again.
            FiringBroke(logger, error, schedule);
        }
    }

    /// <summary>The batch of a firing.</summary>
    internal static Guid BatchOf(Guid schedule, DateTimeOffset fireTime) =>
        new(SHA256.HashData([.. schedule.ToByteArray(), .. BitConverter.GetBytes(fireTime.UtcTicks)]).AsSpan(0, 16));

    /// <summary>When the firing was due; that of the firing that a dead process began, where this one recovers it.</summary>
    private static DateTimeOffset FireTime(IJobExecutionContext context) =>
        context.Recovering
        && context.MergedJobDataMap.TryGetValue(SchedulerConstants.FailedJobOriginalTriggerScheduledFireTime, out var text)
        && DateTimeOffset.TryParse(text?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var due)
            ? due
            : context.ScheduledFireTimeUtc ?? context.FireTimeUtc;

    [LoggerMessage(Level = LogLevel.Warning, Message = "schedule {Schedule} could not queue its winners")]
    private static partial void FiringBroke(ILogger logger, Exception error, Guid schedule);
}
