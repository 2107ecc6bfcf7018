using System.Diagnostics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Tests.Corpus;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

public sealed class RaceOrderTests
{
    [Fact]
    public void Joined_knowledge_has_the_later_clock_of_every_warp()
    {
        var random = new Random(3);
        int shift = Knowledge.RootShift(100_000);
        var expected = new Dictionary<int, int[]>();
        Knowledge? joined = null;
        for (int i = 0; i < 2000; i++)
        {
            int block = random.Next(100_000) & ~random.Next(2048);
            int[] clocks = [random.Next(9), random.Next(9)];
            joined = Knowledge.Join(random.Next(2) == 0 ? Knowledge.Join(Knowledge.Of(shift, block, clocks), joined) : joined, Knowledge.Of(shift, block, clocks));
            int[] before = expected.GetValueOrDefault(block, [0, 0]);
            expected[block] = [Math.Max(before[0], clocks[0]), Math.Max(before[1], clocks[1])];
        }

        Assert.All(expected, e => Assert.Equal(e.Value, joined!.ClocksOf(e.Key)));
        Assert.Null(joined!.ClocksOf(Enumerable.Range(0, 100_000).First(b => !expected.ContainsKey(b))));
    }

    [Fact]
    public void Joining_what_is_known_already_makes_nothing_new()
    {
        var a = Knowledge.Of(5, 40, [3, 4]);
        Knowledge both = Knowledge.Join(a, Knowledge.Of(5, 900, [1, 1]))!;
        Assert.Same(both, Knowledge.Join(both, a));
        Assert.Same(both, Knowledge.Join(a, both));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(32, 0)]
    [InlineData(33, 5)]
    [InlineData(1024, 5)]
    [InlineData(1025, 10)]
    public void A_root_has_room_for_its_blocks(long blocks, int shift) => Assert.Equal(shift, Knowledge.RootShift(blocks));

    [Fact]
    public void A_finding_between_blocks_names_the_other_line_block_and_thread()
    {
        using var run = KernelRun.Of(CheckCase.Read("broken", "stencil_in_place_between_blocks").Ptx, "k");
        run.Checks = CheckSet.All;
        Finding f = Assert.Single(run.In("x", new float[65], readOnly: false).Launch(new Dim3(2), new Dim3(32)).Findings);
        Assert.Equal("write of x[32] and the read at line 6 by thread (31,0,0) of block (0, 0, 0) are not ordered by any fence and flag", f.Message);
    }

    [Fact]
    public void A_finding_inside_a_block_names_the_other_thread()
    {
        using var run = KernelRun.Of(CheckCase.Read("broken", "missing_syncwarp").Ptx, "k");
        run.Checks = CheckSet.All;
        Finding f = Assert.Single(run.In("x", new float[32]).Out<float>("out", 32).Launch(new Dim3(1), new Dim3(32)).Findings);
        Assert.Equal("read of s[1] in shared memory and the write at line 6 by thread (1,0,0) of the same block are not ordered by any barrier", f.Message);
    }

    // A chain of this length takes seconds and gigabytes where every block copies what it knows.
    [Fact]
    public void A_chain_of_ten_thousand_blocks_stays_cheap_and_silent()
    {
        const int Blocks = 10_000;
        var watch = Stopwatch.StartNew();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using var run = KernelRun.Of(CheckCase.Read("correct", "ticket_lock").Ptx, "k");
        run.Checks = CheckSet.All;
        run.In("x", new int[Blocks]).In("sum", new int[1], readOnly: false).Clean(new Dim3(Blocks), new Dim3(1));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed}");
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 200L << 20);
    }
}
