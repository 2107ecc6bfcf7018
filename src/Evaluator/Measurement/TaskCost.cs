using KernelForge.Contracts.Tasks;
using KernelForge.Simulator.Model;

namespace KernelForge.Evaluator.Measurement;

/// <summary>What a task costs at least on a GPU, and what PyTorch's eager mode is modelled to cost there (design §8).</summary>
/// <param name="SpeedOfLightMs">max(compulsory bytes ÷ bandwidth, operations ÷ peak).</param>
/// <param name="TorchEagerMs">Each operator at its own roofline × the profile's efficiency for its class, plus a launch.</param>
/// <param name="UnavoidableMs">What no kernel can be below: compulsory bytes beyond L2 at 1.05 × the bandwidth that copies achieve.</param>
/// <param name="OperationsMs">Operations ÷ peak, operator by operator.</param>
/// <param name="IsLowerBound">Some operator's efficiency is not calibrated, so that the eager time is a lower bound.</param>
internal sealed record TaskCost(double SpeedOfLightMs, double TorchEagerMs, double UnavoidableMs, double OperationsMs, bool IsLowerBound)
{
    private const double PlausibleBandwidthFactor = 1.05;

    /// <summary>Prices a trace.</summary>
    /// <param name="trace">What the task does at full.</param>
    /// <param name="profile">The GPU.</param>
    /// <param name="precision">The solution's class: each operator counts at the rate of its own precision or of this one, whichever is faster.</param>
    public static TaskCost Of(TaskTrace trace, GpuProfile profile, string? precision)
    {
        double Rate(string own) => Math.Max(Roofline.PeakOperationsPerSecond(profile, own), precision is null ? 0 : Roofline.PeakOperationsPerSecond(profile, precision == "reduced" ? "float16" : precision));

        var counted = trace.Operators.Sum(step => step.Count * step.NeededFlops);
        var seconds = trace.Operators.Sum(step => step.Count * step.NeededFlops / Rate(step.Precision)) + (Math.Max(0, trace.Flops - counted) / Rate(trace.Precision));
        var bandwidth = Roofline.Time(profile, trace.CompulsoryBytes, 0, trace.Precision).BandwidthMs;
        double eager = 0;
        foreach (var step in trace.Operators)
        {
            eager += step.Count * Roofline.EagerOperator(profile, step.ReadBytes + step.WrittenBytes, step.Flops, step.Precision, step.OperatorClass).Milliseconds;
        }

        var beyondL2 = Math.Max(0, trace.CompulsoryBytes - profile.L2Bytes);
        return new TaskCost(
            Math.Max(bandwidth, seconds * 1e3),
            eager,
            beyondL2 / (profile.AchievableDramBytesPerSecond * PlausibleBandwidthFactor) * 1e3,
            seconds * 1e3,
            trace.Operators.Any(step => !Roofline.IsCalibrated(profile, step.OperatorClass)));
    }
}
