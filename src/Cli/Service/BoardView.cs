using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Service;
using Spectre.Console;

namespace KernelForge.Cli.Service;

/// <summary>A board for a person.</summary>
internal static class BoardView
{
    /// <summary>Writes its rows, or that there are none.</summary>
    public static void Write(Screen screen, IReadOnlyList<LeaderboardRow> rows)
    {
        if (rows.Count == 0)
        {
            screen.Line("nothing stands on this board yet: a solution does once it has passed twice, under different secret seeds");
            return;
        }

        screen.Table(
            [">rank", "task", "solution", ">time", ">speed-up", "baseline", ">of light", "device", "class", "model"],
            rows.Select(row => (IReadOnlyList<string?>)
            [
                $"{row.Rank}",
                Markup.Escape(row.Task),
                row.SolutionSha256[..12],
                Figures.Ms(row.LatencyMs) + (row.Kind == "modelled" ? " modelled" : ""),
                row.SpeedupFactor is { } factor ? Figures.Factor(factor) : "-",
                Markup.Escape(row.Baseline ?? "-"),
                row.SpeedOfLightFraction is { } fraction ? Figures.Percent(fraction) : "-",
                Markup.Escape(row.Device),
                Markup.Escape(ClassOf(row)),
                Markup.Escape(row.Model ?? "-") + (row.Regression is { } verdict ? $" [red]{Markup.Escape(verdict)}[/]" : ""),
            ]));
    }

    private static string ClassOf(LeaderboardRow row) =>
        string.Join(' ', ((string?[])[row.Precision, row.UsesLibrary ? "library" : null, row.Prepared ? "prepared" : null, row.FastMath ? "fast-math" : null]).Where(part => part is not null));
}
