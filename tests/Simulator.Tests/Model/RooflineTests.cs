using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Tests.Model;

public sealed class RooflineTests
{
    [Fact]
    public void Twelve_gibibytes_take_2_68_ms_on_an_H200()
    {
        var time = Roofline.Time(GpuProfiles.Get("H200"), 12884901888, 1.6e9, "float32");
        Assert.Equal(2.684, time.Milliseconds, 3);
        Assert.Equal("dram", time.Limiter);
    }

    [Fact]
    public void A_large_matrix_product_is_limited_by_operations()
    {
        var time = Roofline.Time(GpuProfiles.Get("A100"), 3.0 * 4 * 8192 * 8192, 2.0 * 8192 * 8192 * 8192, "float32");
        Assert.Equal("operations", time.Limiter);
        Assert.Equal(56.4, time.Milliseconds, 1);
    }

    [Fact]
    public void A_precision_that_the_GPU_lacks_counts_as_float32()
    {
        var profile = GpuProfiles.Get("T4");
        Assert.Equal(Roofline.Time(profile, 0, 1e12, "float32"), Roofline.Time(profile, 0, 1e12, "tf32"));
    }

    [Fact]
    public void An_eager_operator_costs_its_roofline_and_a_launch_and_is_not_calibrated()
    {
        var profile = GpuProfiles.Get("H200");
        var time = Roofline.EagerOperator(profile, 4.8e9, 0, "float32", "pointwise");
        Assert.Equal(1 + (profile.Launch.GraphUs / 1000), time.Milliseconds, 9);
        Assert.False(Roofline.IsCalibrated(profile, "pointwise"));
    }

    [Fact]
    public void An_efficiency_of_its_class_slows_an_eager_operator()
    {
        var profile = GpuProfiles.Get("H200") with { OperatorEfficiency = new Dictionary<string, double> { ["matmul"] = 0.5 } };
        Assert.Equal(2 + (profile.Launch.GraphUs / 1000), Roofline.EagerOperator(profile, 4.8e9, 0, "float32", "matmul").Milliseconds, 9);
    }

    [Fact]
    public void Negative_bytes_are_an_argument_error()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Roofline.Time(GpuProfiles.Get("H200"), -1, 0, "float32"));
    }
}
