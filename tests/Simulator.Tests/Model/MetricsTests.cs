using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

public sealed class MetricsTests
{
    [Fact]
    public void All_metrics_of_CudaForge_that_exist_are_reported_and_the_two_that_do_not_are_named()
    {
        var metrics = Of(SyntheticKernels.Copy(1 << 22, 4));
        Assert.Equal(23, Metrics.CudaForge.Count);
        Assert.All(Metrics.CudaForge, name => Assert.Contains(name, metrics.Keys));
        Assert.Equal(2, Metrics.Missing.Count);
        Assert.All(Metrics.Missing, missing => Assert.DoesNotContain(missing.Key, metrics.Keys));
        Assert.All(Metrics.Missing, missing => Assert.Contains(missing.Value, metrics.Keys));
    }

    [Fact]
    public void Every_metric_is_a_number_and_every_percentage_lies_between_0_and_100()
    {
        foreach (var (name, value) in Of(SyntheticKernels.Transpose(1024, 32)))
        {
            Assert.True(double.IsFinite(value), name);
            Assert.True(!name.EndsWith(".pct", StringComparison.Ordinal) && !name.Contains("pct_of_peak", StringComparison.Ordinal) || value is >= 0 and <= 100, $"{name} = {value}");
        }
    }

    [Fact]
    public void A_copy_is_seen_as_one()
    {
        var metrics = Of(SyntheticKernels.Copy(1 << 26, 4));
        Assert.Equal(4.0 * (1 << 26), metrics["dram__bytes_read.sum"], 4096.0);
        Assert.Equal(4.0 * (1 << 26), metrics["dram__bytes_write.sum"], 4096.0);
        Assert.Equal(4, metrics["l1tex__average_t_sectors_per_request_pipe_lsu_mem_global_op_ld.ratio"], 6);
        Assert.Equal(32, metrics["smsp__thread_inst_executed_per_inst_executed.ratio"], 6);
        Assert.Equal(100, metrics["smsp__sass_average_branch_targets_threads_uniform.pct"]);
        Assert.InRange(metrics["dram__throughput.avg.pct_of_peak_sustained_elapsed"], 80, 95);
        Assert.InRange(metrics["smsp__warp_issue_stalled_long_scoreboard_per_warp_active.pct"], 60, 100);
        Assert.Equal(100, metrics["sm__warps_active.avg.pct_of_peak_sustained_active"], 6);
    }

    [Fact]
    public void Bank_conflicts_of_a_transpose_are_counted_on_the_loads()
    {
        var metrics = Of(SyntheticKernels.Transpose(1024, 32));
        Assert.Equal(31.0 * 1024 * 1024 / 32, metrics["l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum"], 1.0);
        Assert.Equal(0, metrics["l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_st.sum"], 6);
    }

    [Fact]
    public void The_hot_line_of_a_strided_copy_is_its_access()
    {
        var profile = GpuProfiles.Get("H200");
        var kernel = SyntheticKernels.Copy(1 << 22, 4, stride: 8);
        var (_, totals) = kernel.Run(profile);
        var line = Assert.Single(Metrics.HotLines(profile, totals, kernel.Instructions));
        Assert.Equal(3, line.Line);
        Assert.Equal(18, line.SectorsPerRequest); // 32 for the load, 4 for the store
        Assert.InRange(line.CostShare, 0.5, 1);
    }

    private static IReadOnlyDictionary<string, double> Of(SyntheticKernel kernel)
    {
        var profile = GpuProfiles.Get("H200");
        var (estimate, totals) = kernel.Run(profile);
        return Metrics.Of(profile, kernel.Shape, totals, estimate, kernel.Instructions);
    }
}
