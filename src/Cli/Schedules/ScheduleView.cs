using System.Globalization;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Service;
using Spectre.Console;

namespace KernelForge.Cli.Schedules;

/// <summary>Schedules, and what they found, for a person.</summary>
internal static class ScheduleView
{
    /// <summary>Writes schedules, or that there are none.</summary>
    public static void Write(Screen screen, IReadOnlyList<Schedule> schedules)
    {
        if (schedules.Count == 0)
        {
            screen.Line("there is no schedule yet: ./kernelforge schedule create NAME --cron '0 3 * * *'");
            return;
        }

        screen.Table(
            ["schedule", "cron", "winners", ">tolerance", "next (UTC)", "last"],
            schedules.Select(schedule => (IReadOnlyList<string?>)
            [
                Markup.Escape(schedule.Name),
                Markup.Escape(schedule.Cron),
                Markup.Escape(FilterOf(schedule.Filter)),
                Figures.Percent(schedule.Tolerance),
                schedule.NextFireTimes.Count > 0 ? schedule.NextFireTimes[0].UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "-",
                schedule.LastBatch is { } last ? $"{last.Status}, {last.Checks} checked, {last.Regressions} worse" : "-",
            ]),
            indent: 0);
    }

    /// <summary>Writes what a batch found.</summary>
    public static void Write(Screen screen, ScheduleChecks checks)
    {
        if (checks.Items.Count == 0)
        {
            screen.Line("no winner stands on that part of the board: nothing was judged again");
            return;
        }

        screen.Table(
            ["verdict", "task", "solution", ">old", ">new", ">new ÷ old", ""],
            checks.Items.OrderBy(check => check.Task, StringComparer.Ordinal).Select(check => (IReadOnlyList<string?>)
            [
                check.Verdict is "same" or "faster" ? $"[green]{check.Verdict}[/]" : $"[red]{Markup.Escape(check.Verdict)}[/]",
                Markup.Escape(check.Task),
                check.SolutionSha256[..12],
                Figures.Ms(check.OldLatencyMs),
                check.NewLatencyMs is { } latency ? Figures.Ms(latency) : "-",
                check.Ratio is { } ratio ? Figures.Significant(ratio) : "-",
                check.Verdict is "same" or "faster" ? "" : Markup.Escape(check.Message ?? ""),
            ]),
            indent: 0);
    }

    private static string FilterOf(ScheduleFilter filter)
    {
        var parts = ((string?[])[filter.Platform, filter.Device, filter.Category, filter.Task]).Where(part => part is not null).ToList();
        return parts.Count == 0 ? "all" : string.Join(' ', parts);
    }
}
