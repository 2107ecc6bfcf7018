using KernelForge.Simulator.Benchmarking;

namespace KernelForge.Simulator.Tests;

public sealed class BenchmarkTests
{
    public static TheoryData<string> Names => [.. BenchmarkKernel.Small.Select(kernel => kernel.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kernel_of_the_benchmark_runs_clean_and_the_same_in_every_mode(string name)
    {
        var kernel = BenchmarkKernel.Small.Single(k => k.Name == name);

        var off = BenchmarkRun.Measure(kernel, BenchmarkMode.Off, 0, TestContext.Current.CancellationToken);
        var everything = BenchmarkRun.Measure(kernel, BenchmarkMode.Everything, 0, TestContext.Current.CancellationToken);

        var compiled = BenchmarkRun.Measure(kernel, BenchmarkMode.CompiledOn, 0, TestContext.Current.CancellationToken);

        Assert.Equal((off.LaneInstructions, off.Checksum), (everything.LaneInstructions, everything.Checksum));
        Assert.Equal((off.LaneInstructions, off.Checksum), (compiled.LaneInstructions, compiled.Checksum));
        Assert.NotEqual(0, off.Checksum);
    }

    [Fact]
    public void Every_kernel_but_the_tensor_cores_has_a_twin_of_its_name()
    {
        Assert.All(BenchmarkKernel.All, kernel => Assert.Equal(kernel.HasTwin, BenchmarkKernel.OpenClSource.Contains($"kernel void {kernel.Name}(", StringComparison.Ordinal)));
    }
}
