using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>mbarriers, asynchronous copies, TMA and clusters, as the CUDA headers emit them.</summary>
public sealed class AsyncTests
{
    [Fact]
    public void Cuda_barrier_orders_the_threads_of_a_block()
    {
        float[] x = KernelRun.Floats(1024);
        using var run = new KernelRun("barrier.ptx", "cuda_barrier") { Checks = CheckSet.All };
        run.In("x", x).Out<float>("y", 1024).Value(1024).Clean(new Dim3(2), new Dim3(256));
        Assert.Equal(Enumerable.Range(0, 1024).Select(i => x[(i / 256 * 256) + 255 - (i % 256)]), run.Read<float>("y"));
    }

    [Fact]
    public void A_copy_that_signals_a_barrier_is_there_after_the_wait()
    {
        float[] x = KernelRun.Floats(3072);
        using var run = new KernelRun("barrier.ptx", "memcpy_async_barrier") { Checks = CheckSet.All };
        run.In("x", x).Out<float>("y", 3072).Value(3072).Clean(new Dim3(3), new Dim3(128));
        Assert.Equal(Enumerable.Range(0, 3072).Select(i => x[(i / 1024 * 1024) + 1023 - (i % 1024)]), run.Read<float>("y"));
    }

    [Fact]
    public void A_pipeline_of_two_stages_hands_over_every_tile()
    {
        float[] x = KernelRun.Floats(5 * 256);
        using var run = new KernelRun("barrier.ptx", "pipeline2") { Checks = CheckSet.All };
        run.In("x", x).Out<float>("y", 256).Value(x.Length).Clean(new Dim3(1), new Dim3(256));
        Assert.Equal(Enumerable.Range(0, 256).Select(t => Enumerable.Range(0, 5).Aggregate(0f, (sum, tile) => sum + x[(tile * 256) + 255 - t])), run.Read<float>("y"));
    }

    [Fact]
    public void A_pipeline_of_one_thread_waits_for_its_own_copies()
    {
        float[] x = KernelRun.Floats(256);
        using var run = new KernelRun("barrier.ptx", "pipeline_thread") { Checks = CheckSet.All };
        run.In("x", x).Out<float>("y", 256).Value(256).Clean(new Dim3(1), new Dim3(64));
        Assert.Equal(Enumerable.Range(0, 256).Select(i => x[(i / 4 * 4) + 3 - (i % 4)]), run.Read<float>("y"));
    }

    [Fact]
    public void Cooperative_groups_copy_reduce_and_scan()
    {
        float[] x = [.. KernelRun.Floats(512).Select(v => MathF.Round(v * 64) / 64)];
        using var run = new KernelRun("barrier.ptx", "cg_async") { Checks = CheckSet.All };
        run.In("x", x).Out<float>("y", 128).Clean(new Dim3(1), new Dim3(128));
        float[] own = [.. Enumerable.Range(0, 128).Select(t => x[t] + x[t + 128] + x[t + 256] + x[t + 384])];
        float[] got = run.Read<float>("y");
        for (int t = 0; t < 128; t++)
        {
            int warp = t / 32 * 32;
            float[] lanes = own[warp..(warp + 32)];
            float[] positive = [.. lanes.Where(v => v > 0)];
            float last = own[t] > 0 ? positive[0] + positive.Length : own[t];
            float expected = lanes.Sum() + Enumerable.Range(warp, (t % 32) + 1).Sum() + last;
            KernelRun.Close(expected, got[t], 1e-4);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_cluster_reads_the_shared_memory_of_its_blocks(int cores)
    {
        float[] x = [.. Enumerable.Range(0, 1024).Select(i => (float)i)];
        using var run = new KernelRun("cluster.ptx", "cluster_sum") { Checks = CheckSet.All, Cores = cores };
        run.In("x", x).Out<float>("y", 1024).Clean(new Dim3(8), new Dim3(128));
        Assert.Equal(
            Enumerable.Range(0, 1024).Select(i =>
            {
                int cluster = i / 512, rank = i / 128 % 4;
                return Enumerable.Range(0, 4).Sum(r => x[(cluster * 512) + (r * 128) + (i % 128)]) + (rank * 1000);
            }),
            run.Read<float>("y"));
    }

    [Fact]
    public void Blocks_of_a_cluster_share_a_histogram()
    {
        int[] x = [.. Enumerable.Range(0, 5000).Select(i => i * 7919 % 131)];
        using var run = new KernelRun("cluster.ptx", "cluster_hist") { Shared = 256 };
        run.In("x", x).In("bins", new int[128], readOnly: false).Value(x.Length).Clean(new Dim3(4), new Dim3(128));
        Assert.Equal(Enumerable.Range(0, 128).Select(b => x.Count(v => (v & 127) == b)), run.Read<int>("bins"));
    }

    [Fact]
    public void A_cluster_that_does_not_divide_the_grid_is_refused()
    {
        using var run = new KernelRun("cluster.ptx", "cluster_sum");
        run.In("x", new float[640]).Out<float>("y", 640);
        ArgumentException e = Assert.Throws<ArgumentException>(() => run.Launch(new Dim3(5), new Dim3(128)));
        Assert.Contains("clusters of (4, 1, 1) in a grid of (5, 1, 1)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bulk_copies_go_in_and_out()
    {
        float[] x = KernelRun.Floats(2048);
        using var run = new KernelRun("cluster.ptx", "bulk_copy") { Checks = CheckSet.All };
        run.In("x", x).Out<float>("y", 2048).Clean(new Dim3(2), new Dim3(128));
        Assert.Equal(x.Select(v => 2 * v), run.Read<float>("y"));
    }

    [Theory]
    [InlineData(128, 64)]
    [InlineData(100, 50)]
    public void Boxes_of_a_tensor_are_filled_outside_it_and_cut_when_stored(int width, int height)
    {
        float[] x = KernelRun.Floats(width * height);
        using var run = new KernelRun("tma.ptx", "tma_tile") { Checks = CheckSet.All };
        DeviceBuffer from = run.Memory.Allocate(new BufferSpec { Name = "x", ByteLength = x.Length * 4L, ReadOnly = true, Initialised = true });
        run.Memory.Write(from, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(x));
        DeviceBuffer to = run.Memory.Allocate(new BufferSpec { Name = "y", ByteLength = x.Length * 4L });
        TensorMap Map(DeviceBuffer buffer) => new()
        {
            Address = buffer.Address, Type = PtxType.F32, Dimensions = [width, height], StrideBytes = [width * 4L], Box = [64, 32], ElementStrides = [1, 1],
        };
        run.Map(Map(from)).Map(Map(to)).Clean(new Dim3(2, 2), new Dim3(128));
        var got = new float[x.Length];
        run.Memory.Read(to, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(got.AsSpan()));
        Assert.Equal(x.Select(v => v + 1), got);
        Assert.Equal(0, to.UnwrittenBytes);
    }

    [Fact]
    public void Atomics_of_libcu_with_every_order()
    {
        using var run = new KernelRun("scopes.ptx", "atomics");
        run.In("c", new int[1], readOnly: false).In("f", new float[1], readOnly: false).In("o", new ulong[65], readOnly: false).Clean(new Dim3(1), new Dim3(64));
        Assert.Equal(64f, run.Read<float>("f")[0]);
        Assert.Equal(64.0, BitConverter.UInt64BitsToDouble(run.Read<ulong>("o")[64]));
    }

    [Fact]
    public void A_latch_holds_everybody_until_all_have_come()
    {
        using var run = new KernelRun("scopes.ptx", "latch");
        run.Out<int>("y", 128).Clean(new Dim3(1), new Dim3(64));
        Assert.Equal(Enumerable.Range(0, 64).Concat(Enumerable.Range(0, 64).Reverse()), run.Read<int>("y"));
    }

    [Fact]
    public void A_semaphore_lets_one_thread_in_at_a_time()
    {
        using var run = new KernelRun("scopes.ptx", "sem") { Spins = true };
        run.In("y", new int[1], readOnly: false).Clean(new Dim3(1), new Dim3(64));
        Assert.Equal(64, run.Read<int>("y")[0]);
    }
}
