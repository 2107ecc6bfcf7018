using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Execution;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests;

/// <summary>The project's samples: the wrong ones are found at the line where they are wrong.</summary>
public sealed class SampleTests
{
    private static LaunchResult Matmul(string file)
    {
        using var run = new KernelRun($"samples/matmul-tiled--{file}.ptx", "matmul_tiled") { Checks = CheckSet.All };
        return run.In("a", KernelRun.Floats(33 * 77)).In("b", KernelRun.Floats(77 * 45)).Out<float>("out", 33 * 45).Value(33).Value(77).Value(45).Launch(new Dim3(3, 3), new Dim3(16, 16));
    }

    [Fact]
    public void The_right_matrix_product_has_no_findings() => Assert.Empty(Matmul("good").Findings);

    [Fact]
    public void An_unguarded_last_tile_reads_out_of_bounds_at_line_19()
    {
        Finding f = Matmul("bug-k-tail").Findings[0];
        Assert.Equal((FindingKind.OutOfBoundsRead, 19, "a"), (f.Kind, f.SourceLine, f.Buffer));
    }

    [Fact]
    public void A_missing_second_barrier_races_between_lines_23_and_19_or_20()
    {
        Finding f = Matmul("bug-second-sync").Findings[0];
        Assert.Equal(FindingKind.Race, f.Kind);
        Assert.Equal(23, Math.Max(f.SourceLine, f.OtherLine!.Value));
        Assert.Contains(Math.Min(f.SourceLine, f.OtherLine.Value), new[] { 19, 20 });
    }

    private static LaunchResult Rnn(string file, bool inPlace)
    {
        using var run = new KernelRun($"samples/rnn-steps--{file}.ptx", "rnn_step") { Checks = CheckSet.All };
        return run.In("x", KernelRun.Floats(4 * 24)).In("state", KernelRun.Floats(4 * 40), readOnly: !inPlace).In("w_in", KernelRun.Floats(40 * 24)).In("w_rec", KernelRun.Floats(40 * 40))
            .In("b_in", KernelRun.Floats(40)).In("b_rec", KernelRun.Floats(40)).Out<float>("out", 4 * 40).Value(24).Value(40).Launch(new Dim3(4), new Dim3(32));
    }

    [Fact]
    public void A_state_updated_in_place_races_between_lines_28_and_25()
    {
        Finding f = Rnn("bug-in-place", inPlace: true).Findings[0];
        Assert.Equal((FindingKind.Race, 28, 25), (f.Kind, f.SourceLine, f.OtherLine!.Value));
    }

    [Fact]
    public void A_state_in_two_buffers_has_no_findings() => Assert.Empty(Rnn("good", inPlace: false).Findings);

    [Fact]
    public void A_stride_of_zero_runs_out_of_budget_in_the_loop()
    {
        using var run = new KernelRun("samples/gelu-exact--bug-endless.ptx", "_Z4geluIfLi128EEvPKT_PS0_i") { Budget = 50_000_000 };
        LaunchResult result = run.In("x", KernelRun.Floats(3120)).Out<float>("out", 3120).Value(3120).Launch(new Dim3(2), new Dim3(128));
        Assert.Equal(LaunchCompletion.BudgetExhausted, result.Completion);
        Assert.InRange(result.Positions[0].SourceLine, 12, 14);
    }
}
