namespace KernelForge.Api.Pages;

/// <summary>Units of Nsight Compute's metrics, by their names.</summary>
internal static class MetricUnits
{
    private static readonly (string Part, string Unit)[] Units =
    [
        (".pct", "%"), ("pct_of_peak", "%"), ("bytes.sum.per_second", "B/s"), ("bytes_read.sum.per_second", "B/s"), ("bytes_write.sum.per_second", "B/s"), ("bytes", "B"), ("time_duration", "ns"),
        ("per_cycle", "inst / cycle"), ("per_request", "sectors / request"), ("bank_conflicts", "conflicts"), ("wavefronts", "wavefronts"), ("requests", "requests"), ("sectors", "sectors"),
        ("shared_mem", "B / block"), ("registers_per_thread", "registers"), ("occupancy_limit", "blocks"), ("block_size", "threads"), ("grid_size", "blocks"), ("thread_count", "threads"),
        ("waves", "waves"), ("cycles", "cycles"), ("warps_active", "warps"), ("warp_", "warps"), ("thread_inst", "thread inst"), ("inst_executed", "inst"), ("sass", "inst"),
    ];

    /// <summary>The unit; empty where there is none or it is not known.</summary>
    public static string Of(string metric) => Array.Find(Units, unit => metric.Contains(unit.Part, StringComparison.Ordinal)).Unit ?? "";

    /// <summary>The part of the GPU that it is about, for headings: <c>dram</c>, <c>l1tex</c>, …</summary>
    public static string GroupOf(string metric) => metric.Contains("__", StringComparison.Ordinal) ? metric[..metric.IndexOf("__", StringComparison.Ordinal)] : "other";
}
