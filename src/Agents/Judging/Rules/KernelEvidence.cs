using KernelForge.Contracts.Outcomes;

namespace KernelForge.Agents.Judging.Rules;

/// <summary>One kernel's figures as rules read them; a figure that the platform did not report is null.</summary>
/// <param name="kernel">The kernel.</param>
/// <param name="kernels">All kernels of the plan.</param>
/// <param name="performance">The plan's time; null where only the kernel's is known.</param>
/// <param name="code">The solution.</param>
internal sealed class KernelEvidence(KernelReport kernel, IReadOnlyList<KernelReport> kernels, PerformanceReport? performance, string code)
{
    private const double HardlyAnything = 1.02;

    // Rules of the Judge to rules of the simulator's model.
    private static readonly Dictionary<string, string[]> ModelledRules = new(StringComparer.Ordinal)
    {
        ["uncoalesced"] = ["uncoalesced"],
        ["rereading"] = ["rereading"],
        ["idle_machine"] = ["idle_machine"],
        ["tail_wave"] = ["tail_wave"],
        ["latency_bound"] = ["latency_bound", "small_blocks"],
        ["narrow_accesses"] = ["narrow_accesses"],
        ["register_pressure"] = ["register_pressure", "register_spills", "local_memory"],
        ["shared_limit"] = ["shared_limit"],
        ["bank_conflicts"] = ["bank_conflicts"],
        ["barriers"] = ["barriers"],
        ["short_scoreboard"] = ["shared_bandwidth", "special_functions"],
        ["divergence"] = ["divergence"],
        ["integer_bound"] = ["integer_bound"],
        ["starved_tensor"] = ["starved_tensor"],
        ["atomics"] = ["atomics"],
    };

    public KernelReport Kernel => kernel;

    public PerformanceReport? Performance => performance;

    public string Code => code;

    /// <summary>This kernel's share of the plan's time; 1 where it is not known.</summary>
    public double Share => Performance is { LatencyMs: > 0 } && kernel.LatencyMs is { } latency
        ? Math.Clamp(latency / Performance.LatencyMs, 0, 1)
        : 1.0 / Math.Max(1, kernels.Count);

    /// <summary>Launches of all kernels in one execution of the plan.</summary>
    public long Launches => kernels.Sum(each => each.Launches);

    /// <summary>Share of the plan's time that is spent in no kernel; null where it is not known.</summary>
    public double? OutsideKernels => Performance is { LatencyMs: > 0 } && kernels.All(each => each.LatencyMs is not null)
        ? Math.Clamp(1 - kernels.Sum(each => each.LatencyMs!.Value) / Performance.LatencyMs, 0, 1)
        : null;

    public string? LimitedBy => kernel.LimitedBy ?? (kernels.Count == 1 ? Performance?.LimitedBy : null);

    /// <summary>Speed of light ÷ latency of the whole plan; null where it is not known.</summary>
    public double? LightFraction => Performance?.SpeedOfLightFraction;

    public double? Dram => Metric(Metrics.DramThroughput) ?? Metric(Metrics.GpuDramThroughput);

    public double? Issue => Metric(Metrics.IssueActive);

    public double? Fp32 => Metric(Metrics.FmaPipe) ?? Metric(Metrics.Fp32Pipe);

    public double? Occupancy => Metric(Metrics.Occupancy);

    /// <summary>The busiest level of the memory hierarchy, per cent.</summary>
    public double? Memory => Highest(Dram, Metric(Metrics.L2Throughput), Metric(Metrics.L1Throughput));

    /// <summary>The worse of loads and stores.</summary>
    public double? SectorsPerRequest => Highest(Metric(Metrics.LoadSectorsPerRequest), Metric(Metrics.StoreSectorsPerRequest));

    /// <summary>
    /// Bytes moved ÷ compulsory bytes, at least: a kernel that keeps DRAM busy to u and reaches the fraction f of the speed of
    /// light moves u ÷ f of what it must. Null where either is not known.
    /// </summary>
    public double? TrafficRatio => Dram is { } busy && LightFraction is > 0 and { } fraction ? busy / 100 * Share / fraction : null;

    /// <summary>
    /// What the platform's model gives for the removal of a rule's bottleneck, over the whole plan: better than the rule's own estimate.
    /// Where the platform knows the kernel's bottlenecks and this is none of them, hardly anything. Null where it does not say.
    /// </summary>
    public double? Modelled(string rule)
    {
        if (kernel.Bottlenecks is not { } bottlenecks || !ModelledRules.TryGetValue(rule, out var names))
        {
            return null;
        }

        var found = bottlenecks.Where(bottleneck => names.Contains(bottleneck.Rule)).ToList();
        return found.Count == 0 ? HardlyAnything : 1 / (1 - Share + (Share / found.Max(bottleneck => Math.Max(1, bottleneck.Gain))));
    }

    public double? Metric(string name) => kernel.Metrics is { } metrics && metrics.TryGetValue(name, out var value) && double.IsFinite(value) ? value : null;

    public static double? Highest(params ReadOnlySpan<double?> values)
    {
        double? highest = null;
        foreach (var value in values)
        {
            highest = value is { } number && !(highest >= number) ? number : highest;
        }

        return highest;
    }
}
