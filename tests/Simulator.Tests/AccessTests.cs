using System.Runtime.InteropServices;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>Patterns of addresses that the interpreter has vector code for, against what each lane by itself must do.</summary>
public sealed class AccessTests
{
    private const int Words = 4096;
    private const int Poison = 77;

    private static readonly CheckSet[] CheckSets = [CheckSet.Memory | CheckSet.Initialised | CheckSet.Synchronisation, CheckSet.All];

    private static readonly uint[] Masks = [uint.MaxValue, 1, 0x80000000, 0xffff, 0xffff0000, 0x55555555, 0x0ff00ff0, 0x7fffffff];

    /// <summary>Byte offsets of 32 lanes, by name: some in whole, some across pages, some unordered.</summary>
    public static TheoryData<string> Patterns => ["row", "row off a vector", "across pages", "one word", "two rows", "overlapping rows", "two words", "row and word", "stride 8", "stride 4096", "backwards", "random", "last words"];

    private static long[] Offsets(string pattern)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 32).Select(lane => 4L * pattern switch
        {
            "row" => 64 + lane,
            "row off a vector" => 67 + lane,
            "across pages" => 1009 + lane,
            "one word" => 901,
            "two rows" => lane < 16 ? 32 + lane : 2000 + lane,
            "overlapping rows" => lane < 16 ? 32 + lane : 24 + lane,
            "two words" => lane < 16 ? 33 : 1700,
            "row and word" => lane < 16 ? 33 + lane : 1700,
            "stride 8" => lane * 2,
            "stride 4096" => 3 + (lane * 1024 % Words),
            "backwards" => 500 - lane,
            "random" => random.Next(Words - 1),
            _ => Words - 33 + lane,
        })];
    }

    private sealed record Outcome(int[] Out, LaunchResult Result);

    private static Outcome Run(string kernel, int[] x, long[] offsets, int outWords, uint mask, CheckSet checks, bool paged, bool written = true)
    {
        var module = PtxModule.Parse(KernelRun.ReadPtx("access.ptx"));
        var program = KernelProgram.Lower(module, kernel, new LoweringOptions { Checks = checks });
        using var memory = new DeviceMemory { ContiguousLimit = paged ? 1024 : 1L << 30 };
        DeviceBuffer bx = memory.Allocate(new BufferSpec { Name = "x", ByteLength = x.Length * 4, Initialised = written });
        DeviceBuffer at = memory.Allocate(new BufferSpec { Name = "at", ByteLength = 256, ElementSize = 8, Initialised = true });
        DeviceBuffer output = memory.Allocate(new BufferSpec { Name = "out", ByteLength = outWords * 4, Initialised = true });
        if (written)
        {
            memory.Write(bx, 0, MemoryMarshal.AsBytes<int>(x));
        }

        memory.Write(at, 0, MemoryMarshal.AsBytes<long>(offsets));
        byte[] parameters = new byte[28];
        MemoryMarshal.Write(parameters.AsSpan(0), bx.Address);
        MemoryMarshal.Write(parameters.AsSpan(8), at.Address);
        MemoryMarshal.Write(parameters.AsSpan(16), output.Address);
        MemoryMarshal.Write(parameters.AsSpan(24), mask);
        LaunchResult result = Launcher.Run(program, memory, new LaunchConfiguration { Grid = new Dim3(1), Block = new Dim3(32), Parameters = parameters, MaxDegreeOfParallelism = 1 }, TestContext.Current.CancellationToken);
        int[] values = new int[outWords];
        memory.Read(output, 0, MemoryMarshal.AsBytes(values.AsSpan()));
        return new Outcome(values, result);
    }

    private static int[] Numbers(int count) => [.. Enumerable.Range(1000, count)];

    private static IEnumerable<(uint Mask, CheckSet Checks, bool Paged)> Settings() =>
        from mask in Masks from checks in CheckSets from paged in new[] { false, true } select (mask, checks, paged);

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Every_pattern_of_loads_reads_each_lane_its_own_word(string pattern)
    {
        long[] offsets = Offsets(pattern);
        foreach ((uint mask, CheckSet checks, bool paged) in Settings())
        {
            Outcome o = Run("load", Numbers(Words), offsets, 32, mask, checks, paged);
            Assert.Empty(o.Result.Findings);
            Assert.Equal(Enumerable.Range(0, 32).Select(lane => (mask >> lane & 1) == 0 ? Poison : 1001 + (int)(offsets[lane] / 4)), o.Out);
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Every_pattern_of_stores_leaves_the_last_lanes_word(string pattern)
    {
        long[] offsets = Offsets(pattern);
        foreach ((uint mask, CheckSet checks, bool paged) in Settings())
        {
            int[] expected = new int[Words];
            for (int lane = 0; lane < 32; lane++)
            {
                expected[(offsets[lane] / 4) + 1] = (mask >> lane & 1) != 0 ? 1000 + lane : expected[(offsets[lane] / 4) + 1];
            }

            Assert.Equal(expected, Run("store", Numbers(32), offsets, Words, mask, checks, paged).Out);
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Every_pattern_of_shared_loads_reads_each_lane_its_own_word(string pattern)
    {
        long[] offsets = [.. Offsets(pattern).Select(o => o % 252)];
        foreach ((uint mask, CheckSet checks, bool paged) in Settings())
        {
            Outcome o = Run("shared", Numbers(64), offsets, 32, mask, checks, paged);
            Assert.Empty(o.Result.Findings);
            Assert.Equal(Enumerable.Range(0, 32).Select(lane => (mask >> lane & 1) == 0 ? Poison : 1001 + (int)(offsets[lane] / 4)), o.Out);
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Every_pattern_of_vector_loads_reads_each_lane_its_own_four_words(string pattern)
    {
        long[] offsets = [.. Offsets(pattern).Select(o => o * 4 % ((Words * 4) - 16))];
        foreach ((uint mask, CheckSet checks, bool paged) in Settings())
        {
            Outcome o = Run("load4", Numbers(Words), offsets, 128, mask, checks, paged);
            Assert.Empty(o.Result.Findings);
            Assert.Equal(Enumerable.Range(0, 128).Select(i => (mask >> (i / 4) & 1) == 0 ? Poison + (i % 4) : 1000 + (int)(offsets[i / 4] / 4) + (i % 4)), o.Out);
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Every_pattern_of_vector_stores_leaves_the_last_lanes_words(string pattern)
    {
        long[] offsets = [.. Offsets(pattern).Select(o => o * 4 % ((Words * 4) - 16))];
        foreach ((uint mask, CheckSet checks, bool paged) in Settings())
        {
            int[] expected = new int[Words];
            for (int i = 0; i < 128; i++)
            {
                long word = (offsets[i / 4] / 4) + (i % 4);
                expected[word] = (mask >> (i / 4) & 1) != 0 ? 1000 + i : expected[word];
            }

            Assert.Equal(expected, Run("store4", Numbers(128), offsets, Words, mask, checks, paged).Out);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(31)]
    public void One_lane_out_of_bounds_is_found_and_the_others_load(int bad)
    {
        foreach (string pattern in new[] { "row", "two rows", "one word", "random", "across pages" })
        {
            foreach ((CheckSet checks, bool paged) in from c in CheckSets from p in new[] { false, true } select (c, p))
            {
                long[] offsets = Offsets(pattern);
                offsets[bad] = Words * 4;
                Outcome o = Run("load", Numbers(Words), offsets, 32, uint.MaxValue, checks, paged);
                Finding f = Assert.Single(o.Result.Findings);
                Assert.Equal((FindingKind.OutOfBoundsRead, bad, "x", Words + 1L), (f.Kind, f.Thread.X, f.Buffer, f.ElementIndex));
                Assert.Equal(Enumerable.Range(0, 32).Select(lane => lane == bad ? 0 : 1001 + (int)(offsets[lane] / 4)), o.Out);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void One_misaligned_lane_is_found_and_the_others_load(int bad)
    {
        foreach (bool paged in new[] { false, true })
        {
            long[] offsets = Offsets("two rows");
            offsets[bad] = 4096 - 4 - 2;
            Outcome o = Run("load", Numbers(Words), offsets, 32, uint.MaxValue, CheckSets[0], paged);
            Finding f = Assert.Single(o.Result.Findings);
            Assert.Equal((FindingKind.Misaligned, bad), (f.Kind, f.Thread.X));
            Assert.Equal(1001 + (int)(offsets[5] / 4), o.Out[5]);
        }
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void What_nothing_wrote_is_found_in_every_pattern(string pattern)
    {
        foreach ((uint mask, CheckSet checks, bool paged) in Settings())
        {
            long[] offsets = Offsets(pattern);
            Finding f = Assert.Single(Run("load", Numbers(Words), offsets, 32, mask, checks, paged, written: false).Result.Findings);
            int first = System.Numerics.BitOperations.TrailingZeroCount(mask);
            Assert.Equal((FindingKind.UninitialisedRead, first, (offsets[first] / 4) + 1), (f.Kind, f.Thread.X, f.ElementIndex));
        }
    }

    [Fact]
    public void A_paged_buffer_takes_the_pages_that_are_touched()
    {
        using var memory = new DeviceMemory { ContiguousLimit = 1024 };
        DeviceBuffer buffer = memory.Allocate(new BufferSpec { Name = "x", ByteLength = 16 << 20, Initialised = true });
        byte[] kilobyte = new byte[1024];
        for (int row = 0; row < 1024; row++)
        {
            memory.Read(buffer, row * 16384L, kilobyte);
        }

        Assert.Equal(4 << 20, memory.ResidentBytes);
    }

    [Fact]
    public void An_element_that_lies_across_two_pages_is_filled_whole()
    {
        using var memory = new DeviceMemory { ContiguousLimit = 1024 };
        DeviceBuffer buffer = memory.Allocate(new BufferSpec { Name = "x", ByteLength = 6 * 3000, Initialised = true });
        memory.Fill(buffer, [1, 2, 3, 4, 5, 6]);
        byte[] all = new byte[6 * 3000];
        memory.Read(buffer, 0, all);
        Assert.Equal(Enumerable.Range(0, all.Length).Select(i => (byte)((i % 6) + 1)), all);
    }

    [Fact]
    public void Shuffles_follow_the_definition_for_every_clamp_and_segment()
    {
        foreach (uint c in new uint[] { 0x1f, 0, 0x1c03, 0x181f, 0x1000, 0x100f, 0x1f1f, 0x0a05 })
        {
            foreach (int seed in Enumerable.Range(0, 4))
            {
                var random = new Random(seed);
                long[] b = [.. Enumerable.Range(0, 32).Select(_ => seed == 0 ? 1L : random.Next(40))];
                Outcome o = Run("shuffle", Numbers(32), b, 160, c, CheckSets[0], paged: false);
                Assert.Equal(Enumerable.Range(0, 32).SelectMany(lane => Shuffled(lane, (int)b[lane], (int)c)), o.Out);
            }
        }
    }

    // PTX ISA §9.7.9.6, as it is written there.
    private static IEnumerable<int> Shuffled(int lane, int b, int c)
    {
        int bval = b & 31;
        int cval = c & 31;
        int segment = (c >> 8) & 31;
        int maxLane = (lane & segment) | (cval & ~segment);
        int minLane = lane & segment;
        int[] from = [lane - bval, lane + bval, lane ^ bval, minLane | (bval & ~segment)];
        bool[] valid = [from[0] >= maxLane, from[1] <= maxLane, from[2] <= maxLane, from[3] <= maxLane];
        return [.. Enumerable.Range(0, 4).Select(i => 1000 + (valid[i] ? from[i] : lane)), Enumerable.Range(0, 4).Sum(i => valid[i] ? 1 << i : 0)];
    }
}
