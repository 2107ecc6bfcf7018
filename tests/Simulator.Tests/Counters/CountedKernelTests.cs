using KernelForge.Simulator.Execution;

namespace KernelForge.Simulator.Tests.Counters;

/// <summary>Counters see every instruction that runs, wherever branches meet.</summary>
public sealed class CountedKernelTests
{
    [Fact]
    public void Block_sum() => Check(() => new KernelRun("reduce.ptx", "block_sum").In("x", KernelRun.Floats(3000)).Out<float>("out", 4).Value(3000), new Dim3(4), new Dim3(256));

    [Theory]
    [InlineData(64)]
    [InlineData(777)]
    public void Softmax(int columns) => Check(() => new KernelRun("softmax.ptx", "softmax").In("x", KernelRun.Floats(4 * columns)).Out<float>("out", 4 * columns).Value(columns), new Dim3(4), new Dim3(256));

    [Fact]
    public void Tiled_product() =>
        Check(() => new KernelRun("matmul.ptx", "matmul_tiled").In("a", KernelRun.Floats(33 * 77)).In("b", KernelRun.Floats(77 * 45)).Out<float>("out", 33 * 45).Value(33).Value(77).Value(45), new Dim3(3, 3), new Dim3(16, 16));

    [Theory]
    [InlineData("reduce_warp")]
    [InlineData("reduce_raking")]
    public void Cub_reduce(string kernel) => Check(() => new KernelRun("cub.ptx", kernel).In("x", KernelRun.Floats(512)).Out<float>("y", 4), new Dim3(4), new Dim3(128));

    private static void Check(Func<KernelRun> make, Dim3 grid, Dim3 block)
    {
        using KernelRun run = make();
        (double counted, long executed) = run.Count(grid, block);
        Assert.Equal(executed, counted);
    }
}
