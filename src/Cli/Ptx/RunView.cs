using System.Globalization;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Ptx;
using Spectre.Console;

namespace KernelForge.Cli.Ptx;

/// <summary>One launch for a person: findings as a compiler's diagnostics, output, time and what limits it.</summary>
internal static class RunView
{
    private const int MostWarps = 8;
    private const int MostLimits = 4;

    private static readonly (string Metric, string Says)[] Counters =
    [
        ("smsp__inst_executed.sum", "instructions issued (SASS slots)"),
        ("smsp__thread_inst_executed_per_inst_executed.ratio", "threads an instruction"),
        ("dram__bytes.sum", "DRAM bytes"),
        ("dram__throughput.avg.pct_of_peak_sustained_elapsed", "DRAM throughput, % of peak"),
        ("l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio", "sectors a load request"),
        ("l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_st.ratio", "sectors a store request"),
        ("l1tex__t_sector_hit_rate.pct", "L1 hit rate, %"),
        ("lts__t_sector_hit_rate.pct", "L2 hit rate, %"),
        ("l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum", "bank conflicts"),
        ("sm__throughput.avg.pct_of_peak_sustained_elapsed", "compute throughput, % of peak"),
    ];

    /// <summary>Writes it.</summary>
    public static void Write(Screen screen, PtxText module, PtxLaunchReport launch)
    {
        Heading(screen, module, launch);
        Findings(screen, module, launch);
        Outputs(screen, launch);
        Time(screen, launch);
        Rules(screen, module, launch);
    }

    /// <summary>What was launched, where, and how it ended.</summary>
    public static void Heading(Screen screen, PtxText module, PtxLaunchReport launch)
    {
        var clean = launch.Findings.Count == 0;
        var ended = (launch.Completion, clean) switch
        {
            ("completed", true) => "[green]completed, nothing found[/]",
            ("completed", false) => $"[red]completed, {Count(launch.Findings.Count, "finding")}[/]",
            (var how, true) => $"[red]{how.Replace('_', ' ')}[/]",
            (var how, false) => $"[red]{how.Replace('_', ' ')}, {Count(launch.Findings.Count, "finding")}[/]",
        };
        screen.Line($"[bold]{Markup.Escape(Launched(launch))}[/] on {Markup.Escape($"{launch.Device} ({module.Architecture}, modelled)")}: {ended}");
    }

    /// <summary>The launch in CUDA's own spelling.</summary>
    public static string Launched(PtxLaunchReport launch) => $"{launch.Kernel.Name}<<<({string.Join(", ", launch.Kernel.Grid)}), ({string.Join(", ", launch.Kernel.Block)})>>>";

    /// <summary>Findings, where warps stood, what was printed.</summary>
    public static void Findings(Screen screen, PtxText module, PtxLaunchReport launch)
    {
        var source = module.Source?.ReplaceLineEndings("\n").Split('\n') ?? [];
        foreach (var finding in launch.Findings)
        {
            screen.Line();
            screen.Line($"{Markup.Escape(Place(module, finding.Line))}[red]error[/]: {Markup.Escape($"{finding.Kind}: {finding.Message}")} [dim]{Markup.Escape($"[{finding.Tool}]")}[/]");
            Excerpt(screen, source, finding.Line);
            if (finding.OtherLine is { } other)
            {
                screen.Line($"{Markup.Escape(Place(module, other))}[blue]note[/]: the other access");
                Excerpt(screen, source, other);
            }

            if (finding is { Block: { } block, Thread: { } thread })
            {
                screen.Text($"{(finding.Count > 1 ? $"{Figures.Count(finding.Count)} times, first " : "")}in block ({string.Join(", ", block)}), thread ({string.Join(", ", thread)})", indent: 7);
            }
        }

        if (launch.Warps.Count > 0)
        {
            screen.Heading("where warps stood");
            foreach (var warp in launch.Warps.Take(MostWarps))
            {
                screen.Text($"{Place(module, warp.Line)}block ({string.Join(", ", warp.Block)}), warp {warp.Warp}: {warp.State}", indent: 2);
            }
        }

        if (launch.Printed.Length > 0)
        {
            screen.Heading("printed by the kernel");
            screen.Text(launch.Printed, indent: 2);
        }
    }

    /// <summary>The modelled time and what limits it.</summary>
    public static void Time(Screen screen, PtxLaunchReport launch)
    {
        if (launch.Estimate is not { } estimate)
        {
            return;
        }

        screen.Heading($"modelled time on {launch.Device}");
        var roof = estimate.Roofline;
        var rows = new List<IReadOnlyList<string?>>
        {
            new[] { "latency", $"[bold]{Figures.Ms(estimate.LatencyMs)}[/]; the kernel alone {Figures.Ms(estimate.KernelMs)}" },
            new[] { "limited by", $"[bold]{Markup.Escape(estimate.LimitedBy)}[/] {Markup.Escape($"({Limits(estimate)})")}" },
            new[] { "waves", $"{Figures.Significant(estimate.Waves)}{(estimate.TailFraction >= 0.005 ? $", {Figures.Percent(estimate.TailFraction)} of the places empty" : "")}" },
            new[] { "occupancy", $"{Figures.Percent(estimate.Occupancy)}, limited by {estimate.OccupancyLimitedBy.Replace('_', ' ')}; {estimate.Registers} registers a thread ({estimate.RegistersFrom})" },
            new[] { "roofline", $"{Rate(roof.BytesPerSecond, "B/s")} of {Rate(roof.PeakBytesPerSecond, "B/s")}; {Rate(roof.OperationsPerSecond, "op/s")} of {Rate(roof.PeakOperationsPerSecond, "op/s")} ({roof.Precision})" },
            new[] { "warps wait for", Markup.Escape(string.Join(", ", estimate.Stalls.OrderByDescending(stall => stall.Value).Where(stall => stall.Value >= 0.01).Take(MostLimits).Select(stall => $"{stall.Key} {Figures.Percent(stall.Value)}"))) },
        };
        rows.AddRange(Counters.Where(counter => launch.Kernel.Metrics?.GetValueOrDefault(counter.Metric) > 0)
            .Select(counter => (IReadOnlyList<string?>)[counter.Says, Figures.Count(launch.Kernel.Metrics![counter.Metric])]));
        screen.Table(["", ""], rows);
    }

    /// <summary>What the rules make of it.</summary>
    public static void Rules(Screen screen, PtxText module, PtxLaunchReport launch)
    {
        if (launch.Kernel.Bottlenecks is not { Count: > 0 } bottlenecks)
        {
            return;
        }

        screen.Heading("what holds it up");
        foreach (var bottleneck in bottlenecks)
        {
            screen.Line($"  [yellow]{Markup.Escape(bottleneck.Rule)}[/], {Gain(bottleneck)}: {Markup.Escape(bottleneck.What)}");
            screen.Text($"{(bottleneck.Lines.Count > 0 ? $"{Lines(module, bottleneck)}. " : "")}{bottleneck.Try}", indent: 4);
            screen.Line($"    [dim]{Markup.Escape(string.Join(", ", bottleneck.Evidence.Select(metric => $"{metric.Key} = {Figures.Count(metric.Value)}")))}[/]");
        }
    }

    /// <summary>What a bottleneck's removal would gain, and what would come then.</summary>
    public static string Gain(KernelBottleneck bottleneck) => $"{Figures.Factor(bottleneck.Gain)} without it{(bottleneck.NextLimiter is { } next ? $" (then {next})" : "")}";

    /// <summary>Where a bottleneck comes from.</summary>
    public static string Lines(PtxText module, KernelBottleneck bottleneck) =>
        $"{module.SourceName ?? "source"}, line{(bottleneck.Lines.Count > 1 ? "s" : "")} {string.Join(", ", bottleneck.Lines)}";

    /// <summary>A rate with a decimal prefix: <c>4.3 TB/s</c>.</summary>
    public static string Rate(double value, string unit)
    {
        string[] prefixes = ["", "k", "M", "G", "T", "P"];
        var at = 0;
        while (value >= 1000 && at < prefixes.Length - 1)
        {
            value /= 1000;
            at++;
        }

        return $"{Figures.Significant(value)} {prefixes[at]}{unit}";
    }

    private static void Outputs(Screen screen, PtxLaunchReport launch)
    {
        if (launch.Outputs.Count == 0)
        {
            return;
        }

        screen.Heading("buffers written");
        foreach (var output in launch.Outputs)
        {
            var more = output.Shape.Aggregate(1L, (product, extent) => product * extent) > output.First.Count ? ", …" : "";
            screen.Line($"  [bold]{Markup.Escape(output.Name)}[/] {Markup.Escape($"{output.Type}[{string.Join('x', output.Shape)}]")} = {Markup.Escape($"{{{string.Join(", ", output.First)}{more}}}")}");
            var notes = new List<string>();
            if (output is { Least: { } least, Most: { } most, Mean: { } mean })
            {
                notes.Add($"from {Figures.Value(least)} to {Figures.Value(most)}, mean {mean.ToString("G6", CultureInfo.InvariantCulture)}");
            }

            notes.AddRange(output.NotFinite > 0 ? [$"{Figures.Count(output.NotFinite)} not finite"] : []);
            notes.AddRange(output.Unwritten > 0 ? [$"{Figures.Count(output.Unwritten)} never written"] : []);
            screen.Text(string.Join("; ", notes), indent: 4);
        }
    }

    private static string Limits(PtxEstimate estimate) =>
        string.Join(", ", estimate.LimiterMs.Where(limit => limit.Value > 0).OrderByDescending(limit => limit.Value).Take(MostLimits).Select(limit => $"{limit.Key} {Figures.Ms(limit.Value)}"));

    private static string Place(PtxText module, int? line) => line is { } number ? $"{module.SourceName ?? "source"}:{number}: " : "";

    private static void Excerpt(Screen screen, string[] source, int? line)
    {
        if (line is { } number && number >= 1 && number <= source.Length)
        {
            screen.Text($"{number,5} | {source[number - 1]}");
        }
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
