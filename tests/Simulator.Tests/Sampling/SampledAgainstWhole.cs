using System.Globalization;
using System.Text;
using KernelForge.Simulator.Benchmarking;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Model;
using KernelForge.Simulator.Parsing;
using KernelForge.Simulator.Sampling;

namespace KernelForge.Simulator.Tests.Sampling;

/// <summary>
/// What a sample of a launch's blocks says beside what all of them say: modelled time and the main counters. The whole table is a sweep:
/// <c>KERNELFORGE_SAMPLING_REPORT=FILE</c> with <c>Category=Sweep</c> writes it as Markdown.
/// </summary>
public sealed class SampledAgainstWhole
{
    // Of what the whole launch costs.
    private const double Budget = 0.05;

    private static readonly Dictionary<string, BenchmarkKernel> Kernels = Benchmarks().Concat(Pairs()).ToDictionary(kernel => kernel.Name, StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Kernels.Keys];

    [Theory]
    [InlineData("copy")]
    [InlineData("convolution")]
    [InlineData("transpose")]
    [InlineData("gather")]
    public void A_sample_is_close_to_the_whole(string kernel) => RequireClose(Compare(kernel));

    [Theory]
    [Trait("Category", "Sweep")]
    [MemberData(nameof(Names))]
    public void Every_sample_is_close_to_the_whole(string kernel) => RequireClose(Compare(kernel));

    [Fact]
    [Trait("Category", "Sweep")]
    public void The_table_is_written_where_it_is_asked_for()
    {
        var path = Environment.GetEnvironmentVariable("KERNELFORGE_SAMPLING_REPORT");
        Assert.SkipWhen(path is null, "set KERNELFORGE_SAMPLING_REPORT to a file to write the table");
        var text = new StringBuilder();
        text.Append("| kernel | blocks | run | time | instructions | L1 sectors | L2 sectors | DRAM bytes | shared wavefronts |\n|---|---|---|---|---|---|---|---|---|\n");
        var all = Kernels.Keys.Select(Compare).ToList();
        foreach (var one in all)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {one.Kernel} | {one.Blocks} | {one.Share:P1} |{string.Concat(one.Errors.Select(error => $" {Error(error.Whole, error.Sampled)} |"))}\n");
        }

        string Mean(int at) => string.Create(CultureInfo.InvariantCulture, $"{all.Average(one => Math.Abs(Relative(one.Errors[at].Whole, one.Errors[at].Sampled))):P1}");
        text.Append(CultureInfo.InvariantCulture, $"| mean of the sizes | | |{string.Concat(Enumerable.Range(0, all[0].Errors.Count).Select(at => $" {Mean(at)} |"))}\n");
        File.WriteAllText(path, text.ToString());
    }

    private static void RequireClose(Comparison comparison)
    {
        foreach (var (name, whole, sampled) in comparison.Errors)
        {
            Assert.True(Math.Abs(Relative(whole, sampled)) <= Allowed(comparison.Kernel, name), $"{comparison.Kernel}, {comparison.Share:P1} of the blocks: {name} is {sampled:G6}, of all blocks {whole:G6}");
        }
    }

    // What blocks far apart share, a sample of neighbours sees badly: DRAM bytes are too many then, and the time with them.
    private static double Allowed(string kernel, string figure) => (kernel, figure) switch
    {
        ("columns", "DRAM bytes") => 1.6,
        ("far_apart", "DRAM bytes") => 0.9,
        ("side_by_side", "DRAM bytes") => 0.15,
        ("columns" or "far_apart", "time") => 0.2,
        _ => 0.02,
    };

    private static double Relative(double whole, double sampled) => whole == 0 ? (sampled == 0 ? 0 : 1) : (sampled - whole) / whole;

    private static string Error(double whole, double sampled) => whole == 0 && sampled == 0 ? "–" : Relative(whole, sampled).ToString("+0.0 %;−0.0 %;0", CultureInfo.InvariantCulture);

    private static Comparison Compare(string name)
    {
        var kernel = Kernels[name];
        var whole = Run(kernel, double.MaxValue, out var spent);
        var sampled = Run(kernel, spent * Budget, out _);
        (string, Func<CounterTotals, TimeEstimate, double>)[] figures =
        [
            ("time", (_, estimate) => estimate.LatencyMs),
            ("instructions", (_, estimate) => estimate.Pipes.PtxInstructions),
            ("L1 sectors", (totals, _) => totals.L1LoadSectors + totals.L1StoreSectors),
            ("L2 sectors", (totals, _) => totals.L2ReadSectors + totals.L2WriteSectors + totals.L2AtomicSectors),
            ("DRAM bytes", (totals, _) => totals.DramBytes),
            ("shared wavefronts", (_, estimate) => estimate.Pipes.SharedWavefronts),
        ];
        return new Comparison(name, kernel.Grid.Count, sampled.Totals.SampledShare, [.. figures.Select(figure => (figure.Item1, figure.Item2(whole.Totals, whole.Estimate), figure.Item2(sampled.Totals, sampled.Estimate)))]);
    }

    private static (CounterTotals Totals, TimeEstimate Estimate) Run(BenchmarkKernel kernel, double budget, out double spent)
    {
        var profile = GpuProfiles.Get("H200");
        var program = KernelProgram.Lower(PtxModule.Parse(kernel.File.EndsWith(".ptx", StringComparison.Ordinal) ? KernelRun.ReadPtx(kernel.File) : kernel.Ptx), kernel.Name, new LoweringOptions());
        using var memory = new DeviceMemory();
        var parameters = new byte[program.Kernel.ParameterBytes];
        var ranges = new List<BufferRange>();
        for (var at = 0; at < kernel.Arguments.Count; at++)
        {
            var argument = kernel.Arguments[at];
            var place = parameters.AsSpan(program.Kernel.Parameters[at].Offset);
            if (argument.Data is null)
            {
                BitConverter.TryWriteBytes(place, argument.Value);
                continue;
            }

            var buffer = memory.Allocate(new BufferSpec { Name = $"b{at}", ByteLength = argument.Elements * 4L, Initialised = true });
            memory.Write(buffer, 0, BenchmarkKernel.Contents(argument, at));
            ranges.Add(new BufferRange(buffer.Spec.Name, buffer.Address, buffer.ByteLength));
            BitConverter.TryWriteBytes(place, buffer.Address);
        }

        var shape = new LaunchShape
        {
            GridX = kernel.Grid.X, GridY = kernel.Grid.Y, GridZ = kernel.Grid.Z, BlockX = kernel.Block.X, BlockY = kernel.Block.Y, BlockZ = kernel.Block.Z,
            RegistersPerThread = 32, StaticSharedBytes = program.StaticSharedBytes, DynamicSharedBytes = kernel.SharedBytes,
        };
        var configuration = new LaunchConfiguration { Grid = kernel.Grid, Block = kernel.Block, Parameters = parameters, DynamicSharedBytes = kernel.SharedBytes };
        var result = SampledLaunch.Run(program, memory, configuration, profile, shape, ranges, 1, new SamplingLimits { LaneInstructions = budget }, TestContext.Current.CancellationToken);
        Assert.Equal(LaunchCompletion.Completed, result.Completion);
        var estimate = TimeModel.Estimate(profile, shape, result.Totals, program.Instructions);
        spent = estimate.Pipes.PtxThreadInstructions;
        return (result.Totals, estimate);
    }

    private static IEnumerable<BenchmarkKernel> Benchmarks() => BenchmarkKernel.All;

    private static IEnumerable<BenchmarkKernel> Pairs()
    {
        const int elements = 1 << 22;
        var (input, output) = (BenchmarkArgument.Buffer(BenchmarkData.Floats, elements), BenchmarkArgument.Buffer(BenchmarkData.Output, elements));
        BenchmarkKernel Of(string name, int blocks, int threads = 256) => new(name, "bottlenecks.ptx", new(blocks), new(threads), [input, output, BenchmarkArgument.Integer(elements)]);
        return
        [
            Of("columns", 1 << 12), Of("far_apart", 1 << 11), Of("side_by_side", 1 << 11), Of("sum_by_barriers", 1 << 10, 512), Of("array_by_index", 1 << 11), Of("by_lane", 1 << 11),
            Of("atomic_block", 1 << 11), Of("one_by_one", 1 << 11),
        ];
    }

    private sealed record Comparison(string Kernel, long Blocks, double Share, IReadOnlyList<(string Name, double Whole, double Sampled)> Errors);
}
