using System.Globalization;
using System.Net;
using System.Text;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Ptx;

/// <summary><c>ptx explain --html</c>: one file that needs nothing but a browser. Source and PTX side by side, hot lines shaded, metrics, rules, roofline.</summary>
internal static class ExplainPage
{
    // A line that takes a third of the time has the full shade.
    private const double FullHeat = 0.33;
    private const double StrongestShade = 0.6;

    /// <summary>The page.</summary>
    public static string Render(PtxText module, PtxLaunchReport launch)
    {
        var page = new StringBuilder();
        var title = $"{launch.Kernel.Name} on {launch.Device}";
        page.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Text(title)}</title>
            <style>
            {Resource("explain.css")}</style>
            </head>
            <body>
            <header>
            <h1>{Text(RunView.Launched(launch))}</h1>
            <p class="soft">{Text($"{module.SourceName ?? "PTX"}, {module.Architecture}, simulated; times are modelled for {launch.Device}")}</p>
            {Ending(launch)}
            </header>
            <main>

            """);
        Facts(page, launch);
        Findings(page, module, launch);
        Columns(page, module, launch);
        page.Append("<div class=\"below\">\n<div>\n");
        Rules(page, module, launch);
        Limits(page, launch);
        page.Append("</div>\n<div>\n");
        RooflineChart.Write(page, launch);
        page.Append("</div>\n</div>\n");
        Metrics(page, launch);
        page.Append(CultureInfo.InvariantCulture, $"</main>\n<footer>Made by kernelforge ptx explain. Instructions are SASS issue slots from the simulator's expansion of PTX; caches, stalls and times are modelled.</footer>\n<script>\n{Resource("explain.js")}</script>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static string Ending(PtxLaunchReport launch) => launch is { Completion: "completed", Findings.Count: 0 }
        ? "<p class=\"good\">Completed; the checks found nothing.</p>"
        : $"<p class=\"bad\">{Text(launch.Completion.Replace('_', ' '))}; {launch.Findings.Count} findings.</p>";

    private static void Facts(StringBuilder page, PtxLaunchReport launch)
    {
        if (launch.Estimate is not { } estimate)
        {
            return;
        }

        List<(string Value, string Name)> facts =
        [
            (Figures.Ms(estimate.LatencyMs), "modelled latency"),
            (estimate.LimitedBy, "limited by"),
            (Figures.Percent(estimate.Occupancy), $"occupancy, by {estimate.OccupancyLimitedBy.Replace('_', ' ')}"),
            (Figures.Significant(estimate.Waves), "waves"),
            ($"{estimate.Registers}", $"registers ({estimate.RegistersFrom})"),
            (RunView.Rate(estimate.Roofline.BytesPerSecond, "B/s"), "DRAM"),
        ];
        if (estimate.Roofline.Operations > 0)
        {
            facts.Add((RunView.Rate(estimate.Roofline.OperationsPerSecond, "op/s"), estimate.Roofline.Precision));
        }

        page.Append("<ul class=\"facts\">\n");
        foreach (var (value, name) in facts)
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><b>{Text(value)}</b><span>{Text(name)}</span></li>\n");
        }

        page.Append("</ul>\n");
    }

    private static void Findings(StringBuilder page, PtxText module, PtxLaunchReport launch)
    {
        foreach (var finding in launch.Findings)
        {
            var place = finding.Line is { } line ? $"{module.SourceName ?? "source"}:{line}: " : "";
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"finding\"><b>{Text(place + finding.Kind)}</b> {Text(finding.Message)}</div>\n");
        }

        if (launch.Printed.Length > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<h2>Printed by the kernel</h2>\n<pre>{Text(launch.Printed)}</pre>\n");
        }
    }

    private static void Columns(StringBuilder page, PtxText module, PtxLaunchReport launch)
    {
        page.Append("<h2>Source and PTX</h2>\n<p class=\"soft\">Point at a line to see its counterpart; click or <kbd>Enter</kbd> keeps it and scrolls there, <kbd>↑</kbd> <kbd>↓</kbd> go along, <kbd>←</kbd> <kbd>→</kbd> cross over, <kbd>Esc</kbd> lets go. The redder a line, the more of the modelled time it takes.</p>\n<div class=\"columns\">\n");
        Column(page, module.SourceName ?? "source", "No source at hand: put the .cu file beside the .ptx file under the name that its .file directive gives.", ListedLine.OfSource(module, launch));
        Column(page, "PTX", "No instruction was executed.", ListedLine.OfPtx(module, launch));
        page.Append("</div>\n");
    }

    private static void Column(StringBuilder page, string title, string empty, IReadOnlyList<ListedLine> lines)
    {
        page.Append(CultureInfo.InvariantCulture, $"<section class=\"column\" aria-label=\"{Text(title)}\"><h3>{Text(title)}</h3><div class=\"lines\">");
        if (lines.Count == 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"soft\" style=\"padding:10px\">{Text(empty)}</p></div></section>\n");
            return;
        }

        page.Append("<table><thead><tr><th scope=\"col\">line</th><th scope=\"col\" title=\"share of the modelled time\">time</th><th scope=\"col\" class=\"wide\" title=\"instructions executed by warps\">exec</th><th scope=\"col\" class=\"wide\" title=\"active threads an instruction\">thr</th><th scope=\"col\" class=\"wide\" title=\"SASS issue slots\">slots</th><th scope=\"col\" class=\"wide\" title=\"32-byte sectors a request\">sect</th><th scope=\"col\" class=\"wide\" title=\"shared-memory wavefronts beyond the fewest possible\">confl</th><th scope=\"col\" title=\"share of the modelled time spent waiting\">waits</th><th scope=\"col\">code</th></tr></thead><tbody>\n");
        foreach (var line in lines)
        {
            Line(page, line);
        }

        page.Append("</tbody></table></div></section>\n");
    }

    private static void Line(StringBuilder page, ListedLine line)
    {
        var partner = line.SourceLine > 0 ? $" data-line=\"{line.SourceLine}\"" : "";
        if (line.Counters is not { } counters)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{line.Number}</td><td></td><td class=\"wide\"></td><td class=\"wide\"></td><td class=\"wide\"></td><td class=\"wide\"></td><td class=\"wide\"></td><td></td><td>{Text(line.Text)}</td></tr>\n");
            return;
        }

        var heat = Math.Min(1, counters.TimeShare / FullHeat) * StrongestShade;
        var style = heat >= 0.01 ? string.Create(CultureInfo.InvariantCulture, $" class=\"hot\" style=\"--hot:{heat:0.##}\"") : "";
        page.Append(CultureInfo.InvariantCulture, $"<tr{partner}{style}><td>{line.Number}</td><td>{ExplainView.Percent(counters.TimeShare)}</td><td class=\"wide\">{Compact(counters.Executed)}</td><td class=\"wide\">{ExplainView.Short(counters.ThreadsPerInstruction)}</td><td class=\"wide\">{Compact(counters.IssueSlots)}</td><td class=\"wide\">{(counters.SectorsPerRequest is { } sectors ? ExplainView.Short(sectors) : "")}</td><td class=\"wide\">{(counters.BankConflicts is { } conflicts ? Compact(conflicts) : "")}</td><td title=\"{Text(counters.Stall ?? "")}\">{ExplainView.Percent(counters.StallShare)}</td><td>{Text(line.Text)}</td></tr>\n");
    }

    private static void Rules(StringBuilder page, PtxText module, PtxLaunchReport launch)
    {
        if (launch.Estimate is null)
        {
            return;
        }

        page.Append("<h2>What holds it up</h2>\n");
        if (launch.Kernel.Bottlenecks is not { Count: > 0 } bottlenecks)
        {
            page.Append("<p>No rule finds a bottleneck whose removal would gain 3 % or more.</p>\n");
            return;
        }

        foreach (var bottleneck in bottlenecks)
        {
            var lines = bottleneck.Lines.Count == 0 ? "" : $" {Text(RunView.Lines(module, bottleneck))}.";
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"verdict\"><b>{Text(bottleneck.Rule)}</b>, {Text(RunView.Gain(bottleneck))}: {Text(bottleneck.What)}{lines}<br>{Text(bottleneck.Try)}<br><span class=\"soft\">{Text(string.Join(", ", bottleneck.Evidence.Select(metric => $"{metric.Key} = {Figures.Count(metric.Value)}")))}</span></div>\n");
        }
    }

    private static void Limits(StringBuilder page, PtxLaunchReport launch)
    {
        if (launch.Estimate is not { } estimate)
        {
            return;
        }

        page.Append("<h2>What each limit would take by itself</h2>\n<table class=\"figures\">\n");
        var most = estimate.LimiterMs.Values.Max();
        foreach (var (name, ms) in estimate.LimiterMs.Where(limit => limit.Value > 0).OrderByDescending(limit => limit.Value))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td style=\"text-align:left;width:50%\"><span class=\"bar\" style=\"width:{Math.Max(0.5, ms / most * 100):0.#}%\"></span></td><td>{Text(Figures.Ms(ms))}</td></tr>\n");
        }

        page.Append("</table>\n<h2>What warps wait for</h2>\n<table class=\"figures\">\n");
        foreach (var (name, share) in estimate.Stalls.Where(stall => stall.Value >= 0.0005).OrderByDescending(stall => stall.Value))
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td style=\"text-align:left;width:50%\"><span class=\"bar\" style=\"width:{Math.Max(0.5, share * 100):0.#}%\"></span></td><td>{Figures.Percent(share)}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void Metrics(StringBuilder page, PtxLaunchReport launch)
    {
        if (launch.Kernel.Metrics is not { Count: > 0 } metrics)
        {
            return;
        }

        page.Append(CultureInfo.InvariantCulture, $"<details open><summary><b>Metrics</b> under Nsight Compute's names ({metrics.Count})</summary>\n<table class=\"figures\">\n");
        foreach (var (name, value) in metrics)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><th>{Text(name)}</th><td>{Figures.Count(value)}</td></tr>\n");
        }

        page.Append("</table></details>\n");
    }

    /// <summary>A count in at most five characters: <c>131k</c>, <c>1.02M</c>.</summary>
    private static string Compact(double value) => value < 1000 ? ExplainView.Short(Math.Round(value, 1)) : RunView.Rate(value, "").Replace(" ", "", StringComparison.Ordinal);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Resource(string name)
    {
        using var stream = typeof(ExplainPage).Assembly.GetManifestResourceStream($"ptx/{name}") ?? throw new InvalidOperationException($"the resource {name} is missing");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
