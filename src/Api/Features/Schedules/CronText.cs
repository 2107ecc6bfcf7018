using Quartz;

namespace KernelForge.Api.Features.Schedules;

/// <summary>Cron expressions as people write them: Quartz's, seconds first, or the five fields of crontab. Times are UTC.</summary>
internal static class CronText
{
    private const string Expected =
        "expected six or seven fields, seconds minutes hours day-of-month month day-of-week [year], in UTC, with ? for the day that is not given: '0 0 3 * * ?' is every day at 03:00, "
        + "'0 30 6 ? * MON' every Monday at 06:30; the five fields of crontab are taken too";

    private static readonly TimeSpan Least = TimeSpan.FromMinutes(1);

    /// <summary>Reads one.</summary>
    /// <returns>The expression in Quartz's form, or what is wrong with it.</returns>
    public static (CronExpression? Cron, string Problem) Read(string text, DateTimeOffset now)
    {
        var format = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length == 5 ? CronFormat.Unix : CronFormat.Quartz;
        CronExpression cron;
        try
        {
            cron = CronExpression.Parse(text, format).WithTimeZone(TimeZoneInfo.Utc);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            return (null, $"{Expected}; found '{text}': {error.Message}");
        }

        var next = Next(cron, now, 3);
        if (next.Count == 0)
        {
            return (null, $"'{text}' never fires again; {Expected}");
        }

        return next.Zip(next.Skip(1)).Any(pair => pair.Second - pair.First < Least)
            ? (null, $"'{text}' fires more often than once a minute, at {string.Join(", ", next.Select(time => time.ToString("HH:mm:ss")))}; give the seconds as one number: '0 * * * * ?' is every minute")
            : (cron, "");
    }

    /// <summary>When it fires next.</summary>
    public static IReadOnlyList<DateTimeOffset> Next(CronExpression cron, DateTimeOffset now, int count)
    {
        List<DateTimeOffset> times = [];
        for (var time = cron.GetNextValidTimeAfter(now); time is { } next && times.Count < count; time = cron.GetNextValidTimeAfter(next))
        {
            times.Add(next.ToUniversalTime());
        }

        return times;
    }

    /// <summary>A stored expression, which was read before.</summary>
    public static CronExpression Stored(string text) => CronExpression.Parse(text).WithTimeZone(TimeZoneInfo.Utc);
}
