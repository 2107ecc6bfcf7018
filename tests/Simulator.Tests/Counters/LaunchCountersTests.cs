using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Tests.Counters;

public sealed class LaunchCountersTests
{
    private const ulong Base = 0x7000_0000_0000;

    [Theory]
    [InlineData(4, 4, 0, 4, 4, 1)]
    [InlineData(4, 8, 0, 8, 4, 2)]
    [InlineData(4, 16, 0, 16, 4, 4)]
    [InlineData(4, 32, 0, 32, 4, 8)]
    [InlineData(4, 128, 0, 32, 4, 32)]
    [InlineData(4, 4, 4, 5, 4, 2)] // off by one element: a fifth sector
    [InlineData(4, 0, 0, 1, 1, 1)] // one word for all
    [InlineData(8, 8, 0, 8, 8, 2)]
    [InlineData(16, 16, 0, 16, 16, 4)]
    [InlineData(2, 2, 0, 2, 2, 1)]
    [InlineData(1, 1, 0, 1, 1, 1)]
    public void A_strided_request_touches_so_many_sectors(int bytes, int stride, int offset, int sectors, int ideal, int lines)
    {
        var counters = Counters(["ld.global.f32"]);
        Read(counters, 0, lane => Base + (ulong)((lane * stride) + offset), bytes);
        var site = counters.Totals().Sites[0];
        Assert.Equal((1.0, (double)sectors, (double)ideal, (double)lines), (site.Requests, site.Sectors, site.IdealSectors, site.Wavefronts));
    }

    [Theory]
    [InlineData(64, 64, 2)] // every warp passes the guard whole: no divergence, no reconvergence
    [InlineData(64, 40, 2)]
    [InlineData(64, 32, 1)]
    [InlineData(64, 0, 0)]
    public void Each_basic_block_counts_once_for_each_warp_that_runs_it(int threads, int n, int warpsInside)
    {
        const string ptx = """
            .version 8.4
            .target sm_90a
            .address_size 64
            .visible .entry guarded(.param .u32 n)
            {
                .reg .pred %p<2>;
                .reg .b32 %r<4>;
                ld.param.u32 %r1, [n];
                mov.u32 %r2, %tid.x;
                setp.ge.u32 %p1, %r2, %r1;
                @%p1 bra $DONE;
                add.s32 %r3, %r2, 1;
            $DONE:
                add.s32 %r3, %r2, 2;
                bar.sync 0;
                ret;
            }
            """;
        var program = KernelProgram.Lower(KernelForge.Simulator.Parsing.PtxModule.Parse(ptx), "guarded", new LoweringOptions());
        using var memory = new KernelForge.Simulator.Memory.DeviceMemory();
        var counters = new LaunchCounters(program.Instructions, Counters(["ret"]).Settings);
        var observer = new CountingObserver(counters);

        Launcher.Run(program, memory, new LaunchConfiguration { Grid = new(1), Block = new(threads), Parameters = BitConverter.GetBytes(n) }, ref observer, TestContext.Current.CancellationToken);

        Assert.Equal([2.0, warpsInside, 2.0], counters.Totals().BlockExecutions);
        Assert.Equal([threads, n, threads], counters.Totals().BlockThreads);
    }

    [Fact]
    public void A_second_read_of_the_same_line_hits_in_L1()
    {
        var counters = Counters(["ld.global.f32"]);
        Read(counters, 0, lane => Base + (ulong)(lane * 4), 4, times: 2);
        var totals = counters.Totals();
        Assert.Equal((8.0, 4.0), (totals.L1LoadSectors, totals.L1LoadHits));
        Assert.Equal(4.0, totals.L2ReadSectors);
        Assert.Equal(128.0, totals.DramReadBytes);
    }

    [Theory]
    [InlineData("ld.global.cg.f32")]
    [InlineData("ld.volatile.global.f32")]
    [InlineData("ld.relaxed.gpu.global.f32")]
    public void A_load_that_bypasses_L1_goes_to_L2_every_time(string opcode)
    {
        var counters = Counters([opcode]);
        Read(counters, 0, lane => Base + (ulong)(lane * 4), 4, times: 2);
        Assert.Equal((0.0, 8.0), (counters.Totals().L1LoadHits, counters.Totals().L2ReadSectors));
    }

    [Fact]
    public void L1_belongs_to_a_block_and_L2_to_the_launch()
    {
        var counters = Counters(["ld.global.f32"], blocks: 2);
        Read(counters, 0, lane => Base + (ulong)(lane * 4), 4);
        Read(counters, 0, lane => Base + (ulong)(lane * 4), 4);
        var totals = counters.Totals();
        Assert.Equal((0.0, 8.0, 128.0), (totals.L1LoadHits, totals.L2ReadSectors, totals.DramReadBytes));
    }

    [Fact]
    public void Stores_go_through_to_L2_and_every_distinct_byte_leaves_it_once()
    {
        var counters = Counters(["st.global.f32"]);
        Access(counters, 0, MemorySpace.Global, AccessKind.Write, lane => Base + (ulong)(lane * 4), 4, times: 3);
        var totals = counters.Totals();
        Assert.Equal((12.0, 128.0, 0.0), (totals.L2WriteSectors, totals.DramWrittenBytes, totals.DramReadBytes));
    }

    [Fact]
    public void Warps_take_turns_in_L1_although_the_interpreter_runs_them_one_after_the_other()
    {
        // Eight warps walk the same 1 MiB: each line is fetched once, not eight times.
        var counters = Counters(["mov.u32", "ld.global.f32"], warps: 8, l1: 32 * 1024);
        var observer = new CountingObserver(counters);
        observer.BlockStarted(0, 0, 0);
        var addresses = new ulong[32];
        for (var warp = 0; warp < 8; warp++)
        {
            observer.WarpScheduled(warp, 0);
            observer.BasicBlockExecuted(0, uint.MaxValue);
            for (var line = 0; line < 8192; line++)
            {
                for (var lane = 0; lane < 32; lane++)
                {
                    addresses[lane] = Base + (ulong)((line * 128) + (lane * 4));
                }

                observer.MemoryAccessed(1, MemorySpace.Global, AccessKind.Read, addresses, uint.MaxValue, 4);
            }
        }

        observer.BlockFinished();
        Assert.Equal(7.0 / 8, counters.Totals().L1LoadHits / counters.Totals().L1LoadSectors, 3);
    }

    [Fact]
    public void Local_memory_is_interleaved_so_that_equal_offsets_are_one_line()
    {
        var counters = Counters(["st.local.f32", "ld.local.f32"]);
        var observer = Start(counters);
        var addresses = Enumerable.Repeat(16UL, 32).ToArray();
        observer.MemoryAccessed(0, MemorySpace.Local, AccessKind.Write, addresses, uint.MaxValue, 4);
        observer.MemoryAccessed(1, MemorySpace.Local, AccessKind.Read, addresses, uint.MaxValue, 4);
        observer.BlockFinished();
        var totals = counters.Totals();
        Assert.Equal((4.0, 1.0), (totals.Sites[1].Sectors, totals.Sites[1].Wavefronts));
        Assert.Equal((8.0, 8.0, 0.0), (totals.L1LocalSectors, totals.L1LocalHits, totals.L2ReadSectors));
    }

    [Fact]
    public void The_hottest_atomic_address_is_found()
    {
        var counters = Counters(["red.global.add.f32"]);
        var observer = Start(counters);
        var same = Enumerable.Repeat(Base, 32).ToArray();
        var spread = Enumerable.Range(1, 32).Select(lane => Base + (ulong)(lane * 4)).ToArray();
        observer.MemoryAccessed(0, MemorySpace.Global, AccessKind.Atomic, same, uint.MaxValue, 4);
        observer.MemoryAccessed(0, MemorySpace.Global, AccessKind.Atomic, spread, uint.MaxValue, 4);
        observer.MemoryAccessed(0, MemorySpace.Global, AccessKind.Atomic, same, uint.MaxValue, 4);
        observer.BlockFinished();
        Assert.Equal((96.0, 64.0), (counters.Totals().AtomicLanes, counters.Totals().HottestAtomicAddress));
    }

    [Fact]
    public void A_branch_is_divergent_only_when_some_lanes_take_it()
    {
        var counters = Counters(["bra"]);
        var observer = Start(counters);
        observer.BranchExecuted(0, 0xFF, 0xFF);
        observer.BranchExecuted(0, 0xFF, 0);
        observer.BranchExecuted(0, 0xFF, 0x0F);
        observer.BlockFinished();
        Assert.Equal((3.0, 1.0), (counters.Totals().Branches[0], counters.Totals().DivergentBranches[0]));
    }

    [Fact]
    public void Strata_are_scaled_by_their_weights()
    {
        var counters = Counters(["ld.global.f32"], blocks: 101);
        counters.UseStratum(0);
        Read(counters, 0, lane => Base + (ulong)(lane * 4), 4);
        counters.UseStratum(1);
        Read(counters, 0, lane => Base + (ulong)(lane * 32), 4);
        var totals = counters.Totals(100, 1);
        Assert.Equal(101.0, totals.Sites[0].Requests);
        Assert.Equal(432.0, totals.Sites[0].Sectors);
        Assert.Equal(2.0 / 101, totals.SampledShare);
    }

    [Fact]
    public void Basic_blocks_count_warps_and_threads()
    {
        var counters = Counters(["mov.u32", "ret"]);
        var observer = Start(counters);
        observer.BasicBlockExecuted(0, 0x7);
        observer.BlockFinished();
        Assert.Equal((2.0, 35.0), (counters.Totals().BlockExecutions[0], counters.Totals().BlockThreads[0]));
        Assert.Equal(70.0, counters.LaneInstructions);
    }

    [Fact]
    public void A_sampled_stream_reads_each_byte_once()
    {
        // Ten of a thousand blocks, each a kilobyte of its own.
        var counters = Counters(["ld.global.v4.f32"], blocks: 1000, buffers: [new BufferRange("x", Base, 1000 * 512)]);
        foreach (var block in (int[])[0, 1, 100, 101, 500, 501, 502, 700, 701, 999])
        {
            Read(counters, 0, lane => Base + (ulong)((block * 512) + (lane * 16)), 16, block: block);
        }

        Assert.Equal(1000.0 * 512, counters.Totals(100).DramReadBytes, 1.0);
    }

    [Fact]
    public void What_all_sampled_blocks_share_is_read_once()
    {
        var counters = Counters(["ld.global.f32"], blocks: 1000, buffers: [new BufferRange("weights", Base, 128)]);
        foreach (var block in (int[])[0, 1, 500, 501, 999])
        {
            Read(counters, 0, lane => Base + (ulong)(lane * 4), 4, block: block);
        }

        Assert.Equal(128.0, counters.Totals(200).DramReadBytes, 1.0);
    }

    private static LaunchCounters Counters(
        string[] opcodes, int blocks = 1, int warps = 1, long l1 = 128 * 1024, IReadOnlyList<BufferRange>? buffers = null) =>
        new(
            [.. opcodes.Select((opcode, index) => new InstructionInfo(index, opcode, index + 1, 0, 0, [], []))],
            new CounterSettings
            {
                Grid = (blocks, 1, 1),
                WarpsPerBlock = warps,
                L1BytesPerBlock = l1,
                L2Bytes = 40 << 20,
                ConcurrentBlocks = Math.Min(blocks, 256),
                Buffers = buffers ?? [new BufferRange("x", Base, 1 << 20)],
            });

    private static CountingObserver Start(LaunchCounters counters, int block = 0)
    {
        var observer = new CountingObserver(counters);
        observer.BlockStarted(block, 0, 0);
        observer.BasicBlockExecuted(0, uint.MaxValue);
        return observer;
    }

    private static void Read(LaunchCounters counters, int instruction, Func<int, ulong> address, int bytes, int times = 1, int block = 0) =>
        Access(counters, instruction, MemorySpace.Global, AccessKind.Read, address, bytes, times, block);

    private static void Access(
        LaunchCounters counters, int instruction, MemorySpace space, AccessKind kind, Func<int, ulong> address, int bytes, int times = 1, int block = 0)
    {
        var observer = Start(counters, block);
        var addresses = Enumerable.Range(0, 32).Select(address).ToArray();
        for (var time = 0; time < times; time++)
        {
            observer.MemoryAccessed(instruction, space, kind, addresses, uint.MaxValue, bytes);
        }

        observer.BlockFinished();
    }
}
