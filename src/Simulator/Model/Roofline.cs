namespace KernelForge.Simulator.Model;

/// <summary>A time from a roofline, and what set it.</summary>
/// <param name="Milliseconds">The larger of the two times, ms.</param>
/// <param name="Limiter"><c>dram</c> or <c>operations</c>; <c>none</c> where both are 0.</param>
/// <param name="BandwidthMs">Bytes ÷ bandwidth, ms.</param>
/// <param name="OperationsMs">Operations ÷ peak, ms.</param>
public sealed record RooflineTime(double Milliseconds, string Limiter, double BandwidthMs, double OperationsMs);

/// <summary>
/// Bytes against bandwidth, operations against peak (Williams et al. 2009). The speed of light uses the published peaks;
/// an eager operator is its own roofline divided by its class's efficiency, plus a launch.
/// </summary>
public static class Roofline
{
    /// <summary>max(bytes ÷ peak DRAM bandwidth, operations ÷ peak rate): the speed of light.</summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="bytes">Compulsory bytes.</param>
    /// <param name="operations">Operations; a multiply-add counts two.</param>
    /// <param name="precision">A key of <see cref="GpuProfile.PeakTflops"/>; one that the GPU lacks falls back to <c>float32</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative or not finite.</exception>
    public static RooflineTime Time(GpuProfile profile, double bytes, double operations, string precision)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ThrowUnlessSize(bytes, nameof(bytes));
        ThrowUnlessSize(operations, nameof(operations));
        var bandwidthMs = bytes / (profile.DramBandwidthGbs * 1e9) * 1e3;
        var operationsMs = operations / PeakOperationsPerSecond(profile, precision) * 1e3;
        var limiter = bandwidthMs <= 0 && operationsMs <= 0 ? "none" : bandwidthMs >= operationsMs ? "dram" : "operations";
        return new RooflineTime(Math.Max(bandwidthMs, operationsMs), limiter, bandwidthMs, operationsMs);
    }

    /// <summary>
    /// One PyTorch operator in eager mode, ms: its roofline ÷ the efficiency of its class (1.0 until calibrated, so that the
    /// time is a lower bound, and with it the speed-up of a kernel), plus one launch at the cost of a graph node.
    /// </summary>
    /// <param name="profile">The GPU.</param>
    /// <param name="bytes">Bytes the operator reads and writes.</param>
    /// <param name="operations">Operations; a multiply-add counts two.</param>
    /// <param name="precision">As for <see cref="Time"/>.</param>
    /// <param name="operatorClass">A key of <see cref="GpuProfile.OperatorEfficiency"/>; not listed counts as 1.0.</param>
    public static RooflineTime EagerOperator(GpuProfile profile, double bytes, double operations, string precision, string operatorClass)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var efficiency = profile.OperatorEfficiency.GetValueOrDefault(operatorClass, 1.0);
        var time = Time(profile, bytes, operations, precision);
        return time with { Milliseconds = (time.Milliseconds / efficiency) + (profile.Launch.GraphUs / 1e3) };
    }

    /// <summary>Whether the profile has an efficiency of its own for the class, so that a page can say "lower bound" where not.</summary>
    public static bool IsCalibrated(GpuProfile profile, string operatorClass)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return profile.OperatorEfficiency.ContainsKey(operatorClass);
    }

    /// <summary>Peak operations a second at a precision; <c>float32</c>'s where the GPU has none of its own.</summary>
    public static double PeakOperationsPerSecond(GpuProfile profile, string precision)
    {
        ArgumentNullException.ThrowIfNull(profile);
        return (profile.PeakTflops.TryGetValue(precision, out var peak) ? peak : profile.PeakTflops["float32"]) * 1e12;
    }

    private static void ThrowUnlessSize(double value, string name)
    {
        if (!double.IsFinite(value) || value < 0)
        {
            throw new ArgumentOutOfRangeException(name, value, "expected a finite number of at least 0");
        }
    }
}
