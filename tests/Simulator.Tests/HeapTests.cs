using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Execution;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>malloc and free of device code.</summary>
public sealed class HeapTests
{
    [Fact]
    public void Device_heap_gives_every_thread_its_own_piece()
    {
        using var run = new KernelRun("heap.ptx", "heap") { Checks = CheckSet.All };
        run.Out<int>("y", 64).Value(10).Clean(new Dim3(1), new Dim3(64));
        Assert.Equal(Enumerable.Range(0, 64).Select(t => (45 * t) + (t & 3) + 1), run.Read<int>("y"));
    }

    [Fact]
    public void Device_heap_that_is_full_gives_null()
    {
        using var run = new KernelRun("heap.ptx", "heap");
        run.Out<int>("y", 32).Value(1 << 20).Clean(new Dim3(1), new Dim3(32));
        Assert.Equal(31, run.Read<int>("y").Count(v => v == -1));
    }

    [Fact]
    public void A_loop_that_allocates_and_frees_takes_no_more_and_more_memory()
    {
        using var run = new KernelRun("heap.ptx", "churn");
        run.Out<int>("y", 1).Value(20_000).Clean(new Dim3(1), new Dim3(1));
        Assert.Equal(20_000 * 19_999 / 2, run.Read<int>("y")[0]);
        Assert.InRange(run.Memory.Buffers.Count(), 1, 5000);
    }

    [Theory]
    [InlineData("used_after_free", FindingKind.OutOfBoundsRead, 27, "at byte 0 of a piece of the device heap that was freed")]
    [InlineData("freed_twice", FindingKind.IllegalAddressSpace, 34, "that was freed before")]
    [InlineData("past_the_end", FindingKind.OutOfBoundsWrite, 39, "at device heap[4]; device heap has 4 elements")]
    public void Wrong_use_of_the_heap_is_found(string kernel, FindingKind kind, int line, string message)
    {
        using var run = new KernelRun("heap.ptx", kernel);
        Finding finding = Assert.Single(run.Out<int>("y", 1).Launch(new Dim3(1), new Dim3(1)).Findings);
        Assert.Equal((kind, line), (finding.Kind, finding.SourceLine));
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }
}
