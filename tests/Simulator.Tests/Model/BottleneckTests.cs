using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Memory.Generators;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;
using KernelForge.Simulator.Sampling;
using CheckSet = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests.Model;

/// <summary>Each rule names a kernel made for it, and leaves the mended twin alone (<c>ptx/bottlenecks.cu</c>).</summary>
public sealed class BottleneckTests
{
    private static readonly Lazy<PtxModule> Module = new(() => PtxModule.Parse(KernelRun.ReadPtx("bottlenecks.ptx")));

    private static readonly Dictionary<string, (Case Broken, Case Mended)> Pairs = new(StringComparer.Ordinal)
    {
        ["uncoalesced"] = (new("columns"), new("rows")),
        ["bank_conflicts"] = (new("unpadded", 1 << 14), new("padded", 1 << 14)),
        ["shared_bandwidth"] = (new("product_by_elements", 128, 128), new("product_by_tiles", 16, 16)),
        ["cuda_cores"] = (new("product_by_tiles", 16, 16) { Device = "T4" }, new("tensor_once", 32, 32, 128) { Device = "T4" }),
        ["starved_tensor"] = (new("tensor_once", 32, 4, 128), new("tensor_often", 32, 32, 128)),
        ["rereading"] = (new("far_apart", 2048) { Device = "T4", Whole = true }, new("side_by_side", 2048) { Device = "T4", Whole = true }),
        ["register_spills"] = (new("by_lane") { Spills = 256 }, new("by_lane")),
        ["local_memory"] = (new("array_by_index"), new("array_in_registers")),
        ["register_pressure"] = (new("one_by_one", 4096) { Registers = 168 }, new("one_by_one", 4096)),
        ["shared_limit"] = (new("one_by_one", 4096) { Shared = 100_000 }, new("one_by_one", 4096)),
        ["small_blocks"] = (new("one_by_one", 1 << 15, 1, 32), new("one_by_one", 4096)),
        ["idle_machine"] = (new("one_by_one", 16), new("one_by_one", 4096)),
        ["tail_wave"] = (new("one_by_one", 132 + 8) { Shared = 120_000 }, new("one_by_one", 132) { Shared = 120_000 }),
        ["launch_bound"] = (new("rows", 8), new("rows")),
        ["latency_bound"] = (new("one_by_one", 132), new("sixteen_at_once", 132 * 8)),
        ["narrow_accesses"] = (new("narrow", 132 * 2), new("wide", 132 * 2)),
        ["barriers"] = (new("sum_by_barriers", 1 << 12, 1, 512), new("sum_by_shuffles", 1 << 12, 1, 512)),
        ["divergence"] = (new("by_lane"), new("by_warp")),
        ["atomics"] = (new("atomic_each"), new("atomic_block", 1 << 13)),
        ["integer_bound"] = (new("by_division"), new("by_shifts")),
        ["special_functions"] = (new("by_exponentials"), new("by_polynomial")),
        ["double_precision"] = (new("with_double_literals") { Device = "T4" }, new("with_float_literals") { Device = "T4" }),
    };

    public static TheoryData<string> Rules => [.. BottleneckRules.Names];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_names_the_kernel_made_for_it(string rule)
    {
        var (launch, found) = Run(Pairs[rule].Broken);
        var bottleneck = found.FirstOrDefault(each => each.Rule == rule);
        Assert.True(bottleneck is not null, Describe(launch, found));
        Assert.InRange(bottleneck.Gain, BottleneckRules.LeastGain, 1000);
        Assert.Equal(launch.LatencyMs / bottleneck.LatencyMs, bottleneck.Gain, 6);
        Assert.NotEmpty(bottleneck.Evidence);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_rule_leaves_the_mended_twin_alone(string rule)
    {
        var (launch, found) = Run(Pairs[rule].Mended);
        Assert.False(found.Any(each => each.Rule == rule), Describe(launch, found));
    }

    private static string Describe(TimeEstimate launch, IReadOnlyList<Bottleneck> found) =>
        $"{launch.LatencyMs:G4} ms, {launch.Limiter}, {string.Join(", ", launch.LimiterMs.Where(l => l.Value > 0).OrderByDescending(l => l.Value).Take(5).Select(l => $"{l.Key} {l.Value:G3}"))}; "
        + string.Join("; ", found.Select(each => $"{each.Rule} {each.Gain:F2} at {string.Join(',', each.Lines)}"));

    private static (TimeEstimate Estimate, IReadOnlyList<Bottleneck> Found) Run(Case test)
    {
        const int elements = 1 << 24;
        var profile = GpuProfiles.Get(test.Device);
        var program = KernelProgram.Lower(Module.Value, test.Kernel, new LoweringOptions { Checks = CheckSet.Memory });
        using var memory = new DeviceMemory();
        DeviceBuffer Buffer(string name, bool input) => memory.Allocate(new BufferSpec
        {
            Name = name, ByteLength = 4L * elements, ElementSize = 4, Initialised = true, ReadOnly = input, Pages = input ? new UniformSource(ElementType.Float32, 1, -1, 1) : null,
        });
        var (x, y) = (Buffer("x", input: true), Buffer("y", input: false));
        var grid = new Dim3(test.GridX, test.GridY);
        var shape = new LaunchShape
        {
            GridX = grid.X, GridY = grid.Y, BlockX = test.Threads, RegistersPerThread = test.Registers, SpillBytes = test.Spills,
            StaticSharedBytes = program.StaticSharedBytes, DynamicSharedBytes = test.Shared,
        };
        byte[] parameters = [.. BitConverter.GetBytes(x.Address), .. BitConverter.GetBytes(y.Address), .. BitConverter.GetBytes(elements)];
        var configuration = new LaunchConfiguration { Grid = grid, Block = new(test.Threads), Parameters = parameters, DynamicSharedBytes = test.Shared, SharedLimit = profile.MaxSharedBytesPerBlock };
        BufferRange[] ranges = [new("x", x.Address, x.ByteLength), new("y", y.Address, y.ByteLength)];
        var limits = new SamplingLimits { LaneInstructions = test.Whole ? 1e9 : 4e6, Blocks = 64 };
        var result = SampledLaunch.Run(program, memory, configuration, profile, shape, ranges, 1, limits, TestContext.Current.CancellationToken);
        Assert.Equal(LaunchCompletion.Completed, result.Completion);
        Assert.Empty(result.Findings);
        return (TimeModel.Estimate(profile, shape, result.Totals, program.Instructions), BottleneckRules.Of(profile, shape, result.Totals, program.Instructions));
    }

    private sealed record Case(string Kernel, int GridX = 1 << 16, int GridY = 1, int Threads = 256)
    {
        public string Device { get; init; } = "H200";

        public int Registers { get; init; } = 32;

        public int Spills { get; init; }

        public int Shared { get; init; }

        public bool Whole { get; init; }
    }
}
