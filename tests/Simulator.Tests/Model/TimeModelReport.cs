using System.Globalization;
using System.Text;
using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

/// <summary>Prints what the model says of the textbook kernels; run by hand: KERNELFORGE_MODEL_REPORT=file.</summary>
public sealed class TimeModelReport
{
    [Fact]
    public void The_report_of_textbook_kernels_is_written_where_it_is_asked_for()
    {
        var path = Environment.GetEnvironmentVariable("KERNELFORGE_MODEL_REPORT");
        Assert.SkipWhen(path is null, "set KERNELFORGE_MODEL_REPORT to a file to write the report");
        var text = new StringBuilder();
        foreach (var name in GpuProfiles.Names)
        {
            var profile = GpuProfiles.Get(name);
            Write(text, profile, "copy scalar 1 GiB", SyntheticKernels.Copy(128L << 20, 4));
            Write(text, profile, "copy float4 1 GiB", SyntheticKernels.Copy(32L << 20, 16));
            Write(text, profile, "copy stride 8", SyntheticKernels.Copy(64L << 20, 4, 8));
            Write(text, profile, "copy stride 32", SyntheticKernels.Copy(64L << 20, 4, 32));
            Write(text, profile, "transpose 4096 conflicts", SyntheticKernels.Transpose(4096, 32));
            Write(text, profile, "transpose 4096 padded", SyntheticKernels.Transpose(4096, 33));
            Write(text, profile, "matmul 2048 naive", SyntheticKernels.MatmulNaive(2048));
            Write(text, profile, "matmul 2048 tiled", SyntheticKernels.MatmulTiled(2048));
            Write(text, profile, "reduction 16 M one block", SyntheticKernels.Reduction(16 << 20, 1));
            Write(text, profile, "reduction 16 M 1024 blocks", SyntheticKernels.Reduction(16 << 20, 1024));
        }

        File.WriteAllText(path, text.ToString());
    }

    private static void Write(StringBuilder text, GpuProfile profile, string what, SyntheticKernel kernel)
    {
        var (estimate, totals) = kernel.Run(profile);
        text.Append(CultureInfo.InvariantCulture, $"{profile.Name,-8} {what,-28} {estimate.LatencyMs,9:F4} ms {estimate.Limiter,-8}");
        text.Append(CultureInfo.InvariantCulture, $" {totals.DramBytes / estimate.LatencyMs / 1e6,8:F0} GB/s share {totals.SampledShare:G3} ");
        foreach (var (limit, ms) in estimate.LimiterMs.OrderByDescending(limit => limit.Value).Take(5))
        {
            text.Append(CultureInfo.InvariantCulture, $" {limit}={ms:F4}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $" warp={estimate.WarpCycles:F0} l1hit={totals.L1LoadHits / Math.Max(1, totals.L1LoadSectors):F2} dramR={totals.DramReadBytes / 1e6:F0}MB L2R={totals.L2ReadSectors * 32 / 1e6:F0}MB");
    }
}
