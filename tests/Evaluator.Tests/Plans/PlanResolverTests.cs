using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Plans;

namespace KernelForge.Evaluator.Tests.Plans;

public sealed class PlanResolverTests
{
    private static readonly TestTask Relu = TestTask.Relu();

    [Fact]
    public void The_error_of_the_design_is_written_as_the_design_has_it()
    {
        string plan = """
            { "buffers": { "partial": { "dtype": "float32", "shape": [4] } },
              "launches": [ { "kernel": "a", "grid": [1], "block": [1] }, { "kernel": "b", "grid": ["y.shape[0]"], "block": [1] } ] }
            """;

        PlanException error = Assert.Throws<PlanException>(() => Relu.Resolve(plan));

        Assert.StartsWith("launches[1].grid[0]: 'y' is not a tensor of this task; known: x, partial, out", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("(line 3, column 90)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "128", "launches[0].grid[0]: 0 blocks; at least 1: an empty grid cannot be launched: use max(1, …), or \"when\" to leave the step out")]
    [InlineData("-3", "128", "launches[0].grid[0]: -3 blocks; at least 1: an empty grid cannot be launched: use max(1, …), or \"when\" to leave the step out")]
    [InlineData("2147483648", "128", "launches[0].grid[0]: 2147483648 blocks; at most 2147483647: let a thread do more, in a loop")]
    [InlineData("1, 65536", "128", "launches[0].grid[1]: 65536 blocks; at most 65535: let x carry the large dimension, or loop in the kernel")]
    [InlineData("1", "1025", "launches[0].block[0]: 1025 threads; at most 1024: use smaller blocks and more of them")]
    [InlineData("1", "0", "launches[0].block[0]: 0 threads; at least 1")]
    [InlineData("1", "1, 1, 65", "launches[0].block[2]: 65 threads; at most 64: use smaller blocks and more of them")]
    [InlineData("1", "64, 32", "launches[0].block[0]: 64 × 32 = 2048 threads in a block; at most 1024")]
    [InlineData("\"x.numel / 128\"", "128", "launches[0].grid[0]: expected an integer (blocks); found 3.046875 (a float: '/' is true division, '//' floors to an integer)")]
    [InlineData("\"init\"", "128", "launches[0].grid[0]: 'init' is not a tensor of this task; known: x, out")]
    public void Grids_and_blocks_are_checked(string grid, string block, string message)
        => Assert.Equal(message, Relu.ErrorOf(TestTask.Launch(grid, block)));

    [Theory]
    [InlineData(", \"shared_bytes\": 232449", "launches[0].shared_bytes: 232449 bytes of shared memory; at most 232448: that is the limit of H200; use smaller tiles or fewer stages")]
    [InlineData(", \"shared_bytes\": -1", "launches[0].shared_bytes: -1 bytes of shared memory; at least 0: that is the limit of H200; use smaller tiles or fewer stages")]
    [InlineData(", \"cluster\": [9]", "launches[0].cluster[0]: 9 blocks of a cluster; at most 8")]
    [InlineData(", \"cluster\": [2]", "launches[0].cluster[0]: grid (1, 1, 1) is not a multiple of cluster (2, 1, 1); round the grid up and let surplus blocks return")]
    public void Shared_memory_and_clusters_are_checked(string more, string message)
        => Assert.Equal(message, Relu.ErrorOf(TestTask.Launch(more: more)));

    [Theory]
    [InlineData("\"buffers\": { \"x\": { \"dtype\": \"float32\", \"shape\": [1] } },", "buffers.x: 'x' is already a tensor of this task (input); choose another name")]
    [InlineData("\"buffers\": { \"out\": { \"dtype\": \"float32\", \"shape\": [1] } },", "buffers.out: 'out' is an output of this task (float32, [3, 130]), already allocated; leave out \"dtype\" and \"shape\", or choose another name")]
    [InlineData("\"buffers\": { \"x\": { \"fill\": 0 } },", "buffers.x: 'x' is not an output of this task; known: out: a scratch tensor also needs \"dtype\" and \"shape\"")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"float32\", \"shape\": [-1] } },", "buffers.p.shape[0]: -1 elements in a dimension; at least 0")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"float32\", \"shape\": [1], \"persistent\": true } },", "buffers.p: 'p' is persistent, but there is no \"prepare\" that writes it; add one, or leave \"persistent\" out")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"float32\", \"shape\": [8192, 8193] } },", "buffers.p: scratch of 268,468,224 bytes in all (this buffer 268,468,224); at most 268,435,456 are allowed here")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"float32\", \"shape\": [9000000000000000000, 9000000000000000000] } },", "buffers.p: scratch of")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"uint8\", \"shape\": [1], \"fill\": 256 } },", "buffers.p.fill: 256 does not fit uint8 (0 to 255)")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"int32\", \"shape\": [1], \"fill\": 0.5 } },", "buffers.p.fill: a int32 buffer is filled with an integer; found 0.5")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"float16\", \"shape\": [1], \"fill\": 70000 } },", "buffers.p.fill: 70000.0 does not fit float16")]
    [InlineData("\"tunables\": { \"x\": [1] },", "tunables.x: 'x' is already a tensor of this task (input); choose another name")]
    [InlineData("\"tunables\": { \"B\": [1] }, \"defines\": { \"B\": 2 },", "defines.B: 'B' is already a tunable of this plan; choose another name")]
    [InlineData("\"defines\": { \"A\": \"B\", \"B\": 1 },", "defines.A: 'B' is not a tensor of this task; known: x, out")]
    [InlineData("\"defines\": { \"A\": \"blocks_per_sm(k)\" },", "defines.A: blocks_per_sm is known only after compilation; use it in grids")]
    [InlineData("\"defines\": { \"A\": \"'text'\" },", "defines.A: a define is a number; found a string ('text')")]
    [InlineData("\"buffers\": { \"p\": { \"dtype\": \"float32\", \"shape\": [1] } }, \"defines\": { \"A\": \"p.numel\" },", "defines.A: a define cannot use the scratch tensor 'p'")]
    public void Names_and_buffers_are_checked(string head, string message)
        => Assert.StartsWith(message, Relu.ErrorOf(TestTask.Launch(head: head)), StringComparison.Ordinal);

    [Fact]
    public void Defines_become_literals_in_order()
    {
        ResolvedPlan plan = new TestTask().Input("x", 3, 130).Output("out", 3).Constant("N", 5).Resolve(TestTask.Launch(
            head: "\"tunables\": { \"B\": [64, 128] }, \"defines\": { \"COLS\": \"x.shape[-1] * B\", \"NEG\": -5, \"BIG\": \"1 + 4294967296\", \"EPS\": 1e-5, \"YES\": \"1 < 2\", \"N\": \"out.numel\", \"M\": \"N\" },"));

        Assert.Equal(["B=64", "COLS=8320", "NEG=(-5)", "BIG=4294967297LL", "EPS=1E-05", "YES=1", "N=3", "M=3"], plan.Compilation.Defines.Select(d => $"{d.Key}={d.Value}"));
    }

    [Fact]
    public void Tunables_choose_and_combine()
    {
        LaunchPlan plan = PlanReader.ReadJson(TestTask.Launch(head: "\"tunables\": { \"A\": [1, 2], \"B\": [3, 4, 5] },"));

        Assert.Equal(6, PlanResolver.TunableCombinations(plan).Count);
        Assert.Equal(1, PlanResolver.TunableCombinations(plan)[0]["A"]);
        Assert.Equal(5, Relu.Resolve(TestTask.Launch(head: "\"tunables\": { \"A\": [1, 2], \"B\": [3, 4, 5] },"), tunables: new() { ["B"] = 5 }).Tunables["B"]);
    }

    [Fact]
    public void Fills_come_first_with_the_bytes_of_an_element()
    {
        ResolvedPlan plan = Relu.Resolve(TestTask.Launch(head: "\"buffers\": { \"m\": { \"dtype\": \"float32\", \"shape\": [\"x.shape[0]\"], \"fill\": \"-inf\" }, \"out\": { \"fill\": 1 }, \"h\": { \"dtype\": \"bfloat16\", \"shape\": [2], \"fill\": 1.5 } },"));

        FillStep[] fills = [.. plan.Launches.OfType<FillStep>()];

        Assert.Equal(["m", "out", "h"], fills.Select(f => f.Tensor));
        Assert.Equal([0, 0, 0x80, 0xFF], fills[0].Pattern.ToArray());
        Assert.Equal([0, 0, 0x80, 0x3F], fills[1].Pattern.ToArray());
        Assert.Equal([0xC0, 0x3F], fills[2].Pattern.ToArray());
        Assert.IsType<LaunchStep>(plan.Launches.Last());
    }

    [Fact]
    public void Repeats_nest_and_offsets_follow_their_indices()
    {
        ResolvedPlan plan = Relu.Resolve("""
            { "launches": [ { "repeat": { "index": "i", "count": 2 }, "launches": [
                { "repeat": { "index": "j", "count": "i + 2" }, "launches": [ { "when": "j != 1", "kernel": "k", "grid": ["i + 1"], "block": [32], "args": ["at(x, i * 10 + j)"] } ] } ] } ] }
            """);

        Assert.Equal([0L, 10L, 12L], plan.Launches.Cast<LaunchStep>().Select(l => ((TensorArgument)l.Arguments[0]).ElementOffset));
        Assert.Equal("launches[0].launches[0].launches[0]", plan.Launches.First().Place);
    }

    [Fact]
    public void A_hundred_thousand_launches_resolve_and_one_more_does_not()
    {
        string Plan(int count) => $$"""{ "launches": [ { "repeat": { "index": "i", "count": {{count}} }, "launches": [ { "kernel": "k", "grid": [1], "block": [32], "args": ["at(x, i % 390)"] } ] }, { "when": "{{count}} > 99999", "kernel": "k", "grid": [1], "block": [32] } ] }""";

        Assert.Equal(99_999, Relu.Resolve(Plan(99_999)).Launches.Count);
        Assert.Equal(99_999, Relu.Resolve(Plan(99_999)).Launches.Select(s => s.Place).Count());
        Assert.Equal("launches[1]: more than 100,000 launches are executed; move the loop into a kernel", Relu.ErrorOf(Plan(100_000)));
        Assert.StartsWith("launches[0].repeat.count: 100001 repetitions; at most 100000", Relu.ErrorOf(Plan(100_001)), StringComparison.Ordinal);
    }

    [Fact]
    public void Nested_repeats_over_nothing_end()
        => Assert.Contains("are considered, most of them left out by \"when\"", Relu.ErrorOf("""
            { "launches": [ { "repeat": { "index": "i", "count": 100000 }, "launches": [ { "repeat": { "index": "j", "count": 100000 }, "launches": [ { "when": 0, "kernel": "k", "grid": [1], "block": [32] } ] } ] } ] }
            """), StringComparison.Ordinal);

    [Fact]
    public void Cooperative_launches_fit_on_the_device_or_say_how_many_do()
    {
        string message = Relu.ErrorOf(TestTask.Launch(grid: "1000", more: ", \"cooperative\": true"), (_, _, _) => 4);

        Assert.Equal("launches[0].grid[0]: 1000 blocks in a cooperative launch; at most 528 are co-resident (4 on each of 132 multiprocessors): use min(…, blocks_per_sm(k) * sm_count) and loop in the kernel", message);
    }

    [Fact]
    public void Blocks_per_sm_asks_with_the_launchs_own_block_and_shared_memory()
    {
        (string, int, long) asked = default;
        ResolvedPlan plan = Relu.Resolve(
            TestTask.Launch(grid: "\"blocks_per_sm(k) * sm_count\"", block: "64, 2", more: ", \"shared_bytes\": 1024"),
            (kernel, threads, shared) =>
            {
                asked = (kernel, threads, shared);
                return 3;
            });

        Assert.Equal(("k", 128, 1024L), asked);
        Assert.Equal(396, ((LaunchStep)plan.Launches.Single()).Grid.X);
    }

    [Fact]
    public void Blocks_per_sm_takes_a_name_expression()
        => Assert.Equal(5, ((LaunchStep)Relu.Resolve("""{ "launches": [ { "kernel": "ns::k<float, 4>", "grid": ["blocks_per_sm(ns::k<float,4>)"], "block": [32] } ] }""", (_, _, _) => 5).Launches.Single()).Grid.X);

    [Fact]
    public void Blocks_per_sm_in_its_own_block_is_an_error()
        => Assert.Contains("depends on itself", Relu.ErrorOf(TestTask.Launch(block: "\"blocks_per_sm(k)\""), (_, _, _) => 3), StringComparison.Ordinal);

    [Fact]
    public void Prepare_reads_parameters_and_writes_persistent_buffers_only()
    {
        TestTask task = new TestTask().Input("x", 3).Parameter("w", 5).Output("out", 3);
        string Plan(string argument) => $$"""
            { "buffers": { "kept": { "dtype": "float32", "shape": [5], "persistent": true, "fill": 0 }, "loose": { "dtype": "float32", "shape": [5] } },
              "prepare": [ { "kernel": "p", "grid": [1], "block": [32], "args": ["w", "{{argument}}"] } ],
              "launches": [ { "kernel": "k", "grid": [1], "block": [32], "args": ["kept", "out"] } ] }
            """;

        ResolvedPlan plan = task.Resolve(Plan("kept"));

        Assert.True(plan.Prepared);
        Assert.Equal(2, plan.Prepare.Count);
        Assert.False(plan.Tensor("kept").Writable);
        Assert.Equal("prepare[0].args[1]: 'x' is an input; prepare reads parameters and module buffers and writes persistent buffers only: move this launch into \"launches\"", task.ErrorOf(Plan("x")));
        Assert.Equal("prepare[0].args[1]: 'loose' is scratch that is not persistent; prepare reads parameters and module buffers and writes persistent buffers only: add \"persistent\": true", task.ErrorOf(Plan("loose")));
    }

    [Fact]
    public void An_output_that_is_an_input_is_that_input()
    {
        TestTask task = new TestTask().Tensor("x", TensorRole.Input, "float32", [4], writable: true).Tensor("out", TensorRole.Output, "float32", [4], aliasOf: "x");

        Assert.Equal("x", ((TensorArgument)((LaunchStep)task.Resolve(TestTask.Launch(args: "\"out\"")).Launches.Single()).Arguments[0]).Tensor);
        Assert.StartsWith("buffers.out: 'out' is the tensor 'x' (changed in place) and cannot be filled", task.ErrorOf(TestTask.Launch(head: "\"buffers\": { \"out\": { \"fill\": 0 } },")), StringComparison.Ordinal);
    }

    [Fact]
    public void Library_steps_are_kept_and_marked()
        => Assert.True(Relu.Resolve("""{ "launches": [ { "library": "gemm", "a": "x" } ] }""").UsesLibrary);

    [Fact]
    public void A_tensor_map_is_turned_innermost_first_and_checked()
    {
        TestTask task = new TestTask().Input("x", 64, 128).Output("out", 64);
        string Plan(string box, string more = "") => TestTask.Launch(args: "\"tm\", \"out\"", head: $$"""  "tensor_maps": { "tm": { "tensor": "x", "box": [{{box}}] {{more}} } }, """);

        ResolvedTensorMap map = task.Resolve(Plan("16, 32")).TensorMaps[0];

        Assert.Equal([128L, 64L], map.Dimensions);
        Assert.Equal([512L], map.StrideBytes);
        Assert.Equal([32, 16], map.Box);
        Assert.Contains("the box's last dimension is 12 bytes", task.ErrorOf(Plan("16, 3")), StringComparison.Ordinal);
        Assert.Contains("with swizzle 64b it is at most 64", task.ErrorOf(Plan("16, 32", ", \"swizzle\": \"64b\"")), StringComparison.Ordinal);
        Assert.Contains("257 elements of a box; at most 256", task.ErrorOf(Plan("257, 32")), StringComparison.Ordinal);
        Assert.Contains("has no TMA", Assert.Throws<PlanException>(() => task.Resolve(Plan("16, 32"), device: DeviceLimits.For("A100", "sm_80", 108))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rnn_sample_resolves_to_a_launch_a_step()
    {
        SolutionFile file = SolutionFile.Read(SampleTasks.RnnSource);

        ResolvedPlan plan = PlanResolver.Resolve(PlanReader.Read(file), SampleTasks.Rnn(), "small", null, DeviceLimits.H200);

        Assert.Equal(7, plan.Launches.Count);
        Assert.Equal(5 * 3 * 10, ((TensorArgument)((LaunchStep)plan.Launches.Last()).Arguments[0]).ElementOffset);
    }
}
