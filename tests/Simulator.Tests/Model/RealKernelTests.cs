using System.Runtime.InteropServices;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Memory.Generators;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;
using KernelForge.Simulator.Sampling;

namespace KernelForge.Simulator.Tests.Model;

/// <summary>From NVRTC's PTX through the interpreter and the sampler to an estimate, at sizes that are not allocated whole.</summary>
public sealed class RealKernelTests
{
    private const int Elements = 1 << 28;

    public static TheoryData<string> Profiles => [.. GpuProfiles.Names];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_copy_of_a_gibibyte_comes_within_five_per_cent_of_the_achievable_bandwidth(string name)
    {
        var profile = GpuProfiles.Get(name);
        var (estimate, totals, _) = Run(profile, "copy.ptx", "copy", new Dim3(Elements / 256), 16, [4L * Elements, 4L * Elements], Elements);
        Assert.Equal(8.0 * Elements, totals.DramBytes, 0.01 * totals.DramBytes);
        Assert.InRange(8.0 * Elements / (estimate.LatencyMs / 1e3) / profile.AchievableDramBytesPerSecond, 0.95, 1.05);
        Assert.InRange(totals.SampledShare, 1e-6, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_tiled_product_reads_its_tiles_and_is_limited_by_feeding_its_arithmetic(string name)
    {
        const int n = 2048;
        var profile = GpuProfiles.Get(name);
        var (estimate, totals, program) = Run(profile, "matmul.ptx", "matmul_tiled", new Dim3(n / 16, n / 16), 34, [4L * n * n, 4L * n * n, 4L * n * n], n, n, n);
        Assert.Contains(estimate.Limiter, new[] { "shared", "dram", "lsu", "issue", "latency" });
        Assert.InRange(2.0 * n * n * n / estimate.LatencyMs / 1e9, 0.02 * profile.PeakTflops["float32"], 0.5 * profile.PeakTflops["float32"]);
        var metrics = Metrics.Of(profile, Shape(new Dim3(n / 16, n / 16), new Dim3(16, 16), 34, program), totals, estimate, program.Instructions);
        Assert.All(Metrics.CudaForge, metric => Assert.True(double.IsFinite(metrics[metric]), metric));
    }

    [Fact]
    public void A_reduction_by_many_blocks_beats_one_block()
    {
        var profile = GpuProfiles.Get("H200");
        const int n = 1 << 22;
        var (one, _, _) = Run(profile, "reduce.ptx", "block_sum", new Dim3(1), 20, [4L * n, 4], n);
        var (many, _, _) = Run(profile, "reduce.ptx", "block_sum", new Dim3(1024), 20, [4L * n, 4096], n);
        Assert.True(many.LatencyMs * 10 < one.LatencyMs, $"one block {one.LatencyMs} ms, 1024 blocks {many.LatencyMs} ms");
    }

    [Fact]
    public void Every_instruction_of_the_test_kernels_has_an_expansion()
    {
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "ptx"), "*.ptx"))
        {
            var module = PtxModule.Parse(File.ReadAllText(file));
            foreach (var kernel in module.Functions.Where(function => function.IsKernel))
            {
                var program = KernelProgram.Lower(module, kernel.Name, new LoweringOptions());
                unknown.UnionWith(program.Instructions.Where(at => !Expansion.Of(at.Opcode).IsKnown).Select(at => at.Opcode));
            }
        }

        Assert.Empty(unknown);
    }

    private static LaunchShape Shape(Dim3 grid, Dim3 block, int registers, KernelProgram program) => new()
    {
        GridX = grid.X,
        GridY = grid.Y,
        GridZ = grid.Z,
        BlockX = block.X,
        BlockY = block.Y,
        BlockZ = block.Z,
        RegistersPerThread = registers,
        StaticSharedBytes = program.StaticSharedBytes,
    };

    private static (TimeEstimate Estimate, CounterTotals Totals, KernelProgram Program) Run(
        GpuProfile profile, string file, string kernel, Dim3 grid, int registers, long[] bytes, params int[] sizes)
    {
        var program = KernelProgram.Lower(PtxModule.Parse(KernelRun.ReadPtx(file)), kernel, new LoweringOptions());
        using var memory = new DeviceMemory();
        var parameters = new List<byte>();
        var buffers = new List<BufferRange>();
        for (var at = 0; at < bytes.Length; at++)
        {
            var output = at == bytes.Length - 1;
            var buffer = memory.Allocate(new BufferSpec
            {
                Name = $"t{at}",
                ByteLength = bytes[at],
                ReadOnly = !output,
                Initialised = !output,
                Pages = output ? null : new UniformSource(ElementType.Float32, (ulong)at, -1, 1),
            });
            buffers.Add(new BufferRange($"t{at}", buffer.Address, bytes[at]));
            parameters.AddRange(BitConverter.GetBytes(buffer.Address));
        }

        parameters.AddRange(MemoryMarshal.AsBytes(sizes.AsSpan()).ToArray());
        var block = kernel == "matmul_tiled" ? new Dim3(16, 16) : new Dim3(256);
        var shape = Shape(grid, block, registers, program);
        var configuration = new LaunchConfiguration { Grid = grid, Block = block, Parameters = parameters.ToArray() };
        var result = SampledLaunch.Run(program, memory, configuration, profile, shape, buffers, 1, new SamplingLimits { LaneInstructions = 2e6 }, TestContext.Current.CancellationToken);
        Assert.Equal(LaunchCompletion.Completed, result.Completion);
        Assert.Empty(result.Findings);
        return (TimeModel.Estimate(profile, shape, result.Totals, program.Instructions), result.Totals, program);
    }
}
