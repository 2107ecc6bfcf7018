namespace KernelForge.Cli.Bench;

/// <summary>The machine that figures were measured on.</summary>
internal static class Machine
{
    /// <summary>Processor, cores, memory, runtime.</summary>
    public static string Describe()
    {
        var processor = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        var gigabytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        return FormattableString.Invariant($"{processor ?? "unknown processor"}, {Environment.ProcessorCount} cores, {gigabytes:0} GiB, .NET {Environment.Version}");
    }
}
