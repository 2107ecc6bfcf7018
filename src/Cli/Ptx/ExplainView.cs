using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Ptx;
using Spectre.Console;

namespace KernelForge.Cli.Ptx;

/// <summary>Source beside PTX in the terminal: each source line of the kernel, and under it the PTX made from it, with counters.</summary>
internal static class ExplainView
{
    // Below this width there is room for the share of time, executions and waits only.
    private const int WideEnough = 120;
    private const double Hot = 0.1;
    private const double Warm = 0.03;

    /// <summary>Writes it.</summary>
    public static void Write(Screen screen, int width, PtxText module, PtxLaunchReport launch)
    {
        RunView.Heading(screen, module, launch);
        RunView.Findings(screen, module, launch);
        RunView.Time(screen, launch);
        RunView.Rules(screen, module, launch);
        if (launch.PtxLines.Count == 0)
        {
            return;
        }

        screen.Heading($"{module.SourceName ?? "source"} beside its PTX (% of the modelled time)");
        var wide = width >= WideEnough;
        var head = wide
            ? $"{"time",6} {"executed",11} {"threads",7} {"slots",11} {"sect/req",8} {"conflicts",9} {"waits",6}  {"for",-17}"
            : $"{"time",6} {"executed",11} {"waits",6} ";
        screen.Line($"[dim]{Markup.Escape(head)}[/]");
        foreach (var (line, isSource) in Rows(module, launch))
        {
            Row(screen, width, head.Length, line, isSource, wide);
        }
    }

    private static IEnumerable<(ListedLine Line, bool IsSource)> Rows(PtxText module, PtxLaunchReport launch)
    {
        var ptx = ListedLine.OfPtx(module, launch);
        var source = ListedLine.OfSource(module, launch);
        if (source.Count == 0)
        {
            foreach (var line in ptx)
            {
                yield return (line, false);
            }

            yield break;
        }

        var bySource = ptx.Where(line => line.Counters is not null).ToLookup(line => line.SourceLine);
        var used = source.Where(line => line.Counters is not null).Select(line => line.Number).ToList();
        for (var number = used.Count == 0 ? 1 : used[0]; used.Count > 0 && number <= used[^1]; number++)
        {
            yield return (source[number - 1], true);
            foreach (var line in bySource[number])
            {
                yield return (line, false);
            }
        }

        if (bySource[0].Any())
        {
            yield return (new ListedLine(0, "(from headers)", 0, null), true);
            foreach (var line in bySource[0])
            {
                yield return (line, false);
            }
        }
    }

    private static void Row(Screen screen, int width, int indent, ListedLine line, bool isSource, bool wide)
    {
        var figures = line.Counters is { } counters ? FiguresOf(counters, wide) : "";
        var number = line.Number > 0 ? line.Number.ToString() : "";
        var text = isSource ? $"{number,5} | {line.Text}" : $"      | {"",4}{line.Text.TrimStart()}";
        var room = Math.Max(20, width - indent - 1);
        var shown = text.Length <= room ? text : string.Concat(text.AsSpan(0, room - 1), "…");
        var colour = !isSource ? "dim" : line.Counters?.TimeShare switch { >= Hot => "bold red", >= Warm => "yellow", _ => null };
        var escaped = Markup.Escape(shown);
        var heat = line.Counters?.TimeShare switch { >= Hot => "red", >= Warm => "yellow", _ => "default" };
        screen.Line($"[{heat}]{Markup.Escape(figures.PadRight(indent))}[/]{(colour is null ? escaped : $"[{colour}]{escaped}[/]")}");
    }

    private static string FiguresOf(PtxLine line, bool wide)
    {
        var share = Percent(line.TimeShare);
        var waits = Percent(line.StallShare);
        return wide
            ? $"{share,6} {Figures.Count(line.Executed),11} {Short(line.ThreadsPerInstruction),7} {Figures.Count(Math.Round(line.IssueSlots)),11} {(line.SectorsPerRequest is { } sectors ? Short(sectors) : "-"),8} {(line.BankConflicts is { } conflicts ? Figures.Count(conflicts) : "-"),9} {waits,6}  {line.Stall ?? "",-17}"
            : $"{share,6} {Figures.Count(line.Executed),11} {waits,6} ";
    }

    /// <summary>A share as people read it; nothing where it is nearly nothing.</summary>
    public static string Percent(double share) => share < 0.0005 ? "" : Figures.Percent(share);

    /// <summary>A figure between 0 and 32 with at most one digit behind the point.</summary>
    public static string Short(double value) => value == Math.Floor(value) ? Figures.Count(value) : value.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
