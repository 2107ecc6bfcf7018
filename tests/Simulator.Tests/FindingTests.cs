using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Execution;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

public sealed class FindingTests
{
    private static Finding Only(LaunchResult result, FindingKind kind)
    {
        Assert.True(result.Findings.Count > 0, $"no finding; {result.Completion}");
        Assert.All(result.Findings, f => Assert.True(f.Kind == kind, $"{f.SourceLine}: {f.KindName}: {f.Message}"));
        return result.Findings[0];
    }

    [Fact]
    public void A_read_past_the_end_names_buffer_element_and_line()
    {
        using var run = new KernelRun("faults.ptx", "read_past");
        Finding f = Only(run.In("x", new float[3120]).Out<float>("out", 3120).Value(3120).Launch(new Dim3(39), new Dim3(80)), FindingKind.OutOfBoundsRead);
        Assert.Equal(3, f.SourceLine);
        Assert.Equal("read of 4 bytes at x[3120]; x has 3120 elements", f.Message);
        Assert.Equal((38, 0, 0), f.Block);
        Assert.Equal((79, 0, 0), f.Thread);
    }

    [Fact]
    public void A_write_past_the_end_is_dropped_and_counted()
    {
        using var run = new KernelRun("faults.ptx", "write_past");
        Finding f = Only(run.Out<float>("out", 100).Value(100).Launch(new Dim3(1), new Dim3(128)), FindingKind.OutOfBoundsWrite);
        Assert.Equal((7, 28L), (f.SourceLine, f.Count));
        Assert.Equal("write of 4 bytes at out[100]; out has 100 elements", f.Message);
    }

    [Fact]
    public void A_misaligned_read_is_found()
    {
        using var run = new KernelRun("faults.ptx", "misaligned");
        Assert.Equal(10, Only(run.In("x", new byte[256]).Out<float>("out", 32).Launch(new Dim3(1), new Dim3(32)), FindingKind.Misaligned).SourceLine);
    }

    [Fact]
    public void Unwritten_shared_memory_is_found()
    {
        using var run = new KernelRun("faults.ptx", "unwritten_shared");
        Finding f = Only(run.Out<float>("out", 64).Launch(new Dim3(1), new Dim3(64)), FindingKind.UninitialisedRead);
        Assert.Equal((16, "s", 32L), (f.SourceLine, f.Buffer, f.ElementIndex!.Value));
    }

    [Fact]
    public void Unwritten_global_memory_is_found()
    {
        using var run = new KernelRun("faults.ptx", "unwritten_global");
        Finding f = Only(run.Out<float>("scratch", 64).Out<float>("out", 64).Launch(new Dim3(1), new Dim3(64)), FindingKind.UninitialisedRead);
        Assert.Equal((19, "scratch"), (f.SourceLine, f.Buffer));
    }

    [Theory]
    [InlineData("missing_barrier", 128, 24, 23)]
    [InlineData("warp_race", 32, 29, 28)]
    public void A_race_in_shared_memory_names_both_lines(string kernel, int threads, int line, int other)
    {
        using var run = new KernelRun("faults.ptx", kernel) { Checks = CheckSet.SharedRaces | CheckSet.Memory };
        Finding f = Only(run.In("x", new float[128]).Out<float>("out", 128).Launch(new Dim3(1), new Dim3(threads)), FindingKind.Race);
        Assert.Equal([line, other], new[] { f.SourceLine, f.OtherLine!.Value }.OrderDescending());
    }

    [Fact]
    public void A_race_in_global_memory_is_found()
    {
        using var run = new KernelRun("faults.ptx", "global_race") { Checks = CheckSet.SharedRaces };
        Assert.Equal(69, Only(run.In("x", new float[129], readOnly: false).Launch(new Dim3(1), new Dim3(128)), FindingKind.Race).SourceLine);
    }

    [Fact]
    public void Blocks_that_write_one_word_race()
    {
        using var run = new KernelRun("faults.ptx", "block_race") { Checks = CheckSet.SharedRaces };
        Finding f = Only(run.In("x", new float[1], readOnly: false).Launch(new Dim3(2), new Dim3(32)), FindingKind.Race);
        Assert.Equal(72, f.SourceLine);
    }

    [Theory]
    [InlineData("reduce.ptx", "block_sum")]
    [InlineData("softmax.ptx", "softmax")]
    [InlineData("matmul.ptx", "matmul_tiled")]
    [InlineData("atomics.ptx", "histogram")]
    public void Right_kernels_have_no_races(string file, string kernel)
    {
        using var run = new KernelRun(file, kernel) { Checks = CheckSet.All };
        switch (kernel)
        {
            case "block_sum":
                run.In("x", KernelRun.Floats(4000)).Out<float>("out", 4).Value(4000).Clean(new Dim3(4), new Dim3(256));
                break;
            case "softmax":
                run.In("x", KernelRun.Floats(400)).Out<float>("out", 400).Value(200).Clean(new Dim3(2), new Dim3(128));
                break;
            case "histogram":
                run.In("x", new int[4000]).In("bins", new int[64], readOnly: false).Value(4000).Clean(new Dim3(4), new Dim3(128));
                break;
            default:
                run.In("a", KernelRun.Floats(1000)).In("b", KernelRun.Floats(1000)).Out<float>("out", 900).Value(30).Value(33).Value(30).Clean(new Dim3(2, 2), new Dim3(16, 16));
                break;
        }
    }

    [Fact]
    public void A_barrier_under_divergence_is_found()
    {
        using var run = new KernelRun("faults.ptx", "divergent_barrier");
        Finding f = Only(run.In("x", new float[64]).Out<float>("out", 64).Launch(new Dim3(1), new Dim3(64)), FindingKind.BarrierDivergence);
        Assert.Contains(f.SourceLine, new[] { 35, 40 });
    }

    [Fact]
    public void A_lane_outside_its_mask_is_found()
    {
        using var run = new KernelRun("faults.ptx", "wrong_mask");
        Finding f = Only(run.In("x", new int[32]).Out<int>("out", 32).Launch(new Dim3(1), new Dim3(32)), FindingKind.InvalidMask);
        Assert.Equal((45, (16, 0, 0)), (f.SourceLine, f.Thread));
    }

    [Fact]
    public void A_barrier_that_nobody_completes_is_a_deadlock_with_positions()
    {
        using var run = new KernelRun("faults.ptx", "never_arrives");
        LaunchResult result = run.In("x", new int[64]).Out<int>("out", 64).Launch(new Dim3(1), new Dim3(64));
        Assert.Equal(LaunchCompletion.Deadlock, result.Completion);
        Assert.Equal(49, Only(result, FindingKind.Deadlock).SourceLine);
        Assert.Equal("waiting at barrier 3", Assert.Single(result.Positions).State);
    }

    [Fact]
    public void Recursion_without_end_overflows_the_stack()
    {
        using var run = new KernelRun("faults.ptx", "deep");
        LaunchResult result = run.Out<int>("out", 32).Value(100_000).Launch(new Dim3(1), new Dim3(32));
        Assert.Equal(LaunchCompletion.Stopped, result.Completion);
        Assert.Equal(54, Only(result, FindingKind.StackOverflow).SourceLine);
    }

    [Fact]
    public void A_write_to_an_input_is_refused_and_recorded()
    {
        using var run = new KernelRun("faults.ptx", "writes_input");
        Only(run.In("x", new[] { 1f, 2f }).Launch(new Dim3(1), new Dim3(2)), FindingKind.ReadOnlyWrite);
        Assert.Equal([1f, 2f], run.Read<float>("x"));
        Assert.Equal(("x", 56), (run.Memory.Violations[0].Buffer, run.Memory.Violations[0].SourceLine));
    }

    [Fact]
    public void A_write_past_shared_memory_is_found()
    {
        using var run = new KernelRun("faults.ptx", "shared_past");
        LaunchResult result = run.Out<float>("out", 16).Value(4).Launch(new Dim3(1), new Dim3(16));
        Assert.Equal((FindingKind.OutOfBoundsWrite, 59, 4L), (result.Findings[0].Kind, result.Findings[0].SourceLine, result.Findings[0].Count));
    }

    [Fact]
    public void A_null_pointer_is_named_as_such()
    {
        using var run = new KernelRun("faults.ptx", "null_read");
        Finding f = Only(run.Value(0UL).Out<float>("out", 32).Launch(new Dim3(1), new Dim3(32)), FindingKind.OutOfBoundsRead);
        Assert.Contains("null pointer", f.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_loop_ends_with_the_budget_and_says_where_it_stood()
    {
        using var run = new KernelRun("faults.ptx", "spins") { Budget = 10_000_000 };
        LaunchResult result = run.In("flag", new int[1], readOnly: false).Out<int>("out", 1).Launch(new Dim3(1), new Dim3(1));
        Assert.Equal(LaunchCompletion.BudgetExhausted, result.Completion);
        Assert.Equal(65, result.Positions[0].SourceLine);
    }
}
