using KernelForge.Contracts.Outcomes;
using KernelForge.Evaluator.Plans;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Model;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>The kernels of a plan, as an outcome reports them.</summary>
internal static class KernelReports
{
    /// <summary>Launch shapes and compiled resources, without times.</summary>
    public static IReadOnlyList<KernelReport> WithoutTimes(LoadedSolution solution) =>
    [
        .. solution.Plan.Prepare.Concat(solution.Plan.Launches).OfType<LaunchStep>()
            .GroupBy(launch => launch.Kernel)
            .Select(group => Of(solution, group.First(), group.LongCount())),
    ];

    /// <summary>The model's bottlenecks of a launch.</summary>
    public static IReadOnlyList<KernelBottleneck> Bottlenecks(GpuProfile profile, LaunchShape shape, CounterTotals totals, IReadOnlyList<InstructionInfo> instructions) =>
    [
        .. BottleneckRules.Of(profile, shape, totals, instructions).Select(bottleneck => new KernelBottleneck
        {
            Rule = bottleneck.Rule,
            What = bottleneck.What,
            Evidence = bottleneck.Evidence,
            Gain = bottleneck.Gain,
            NextLimiter = bottleneck.NextLimiter,
            Try = bottleneck.Try,
            Lines = bottleneck.Lines,
        }),
    ];

    /// <summary>One kernel.</summary>
    public static KernelReport Of(LoadedSolution solution, LaunchStep first, long launches)
    {
        var compiled = solution.Compiled.Kernels[first.Kernel];
        return new KernelReport
        {
            Name = first.Kernel,
            Launches = launches,
            Grid = [first.Grid.X, first.Grid.Y, first.Grid.Z],
            Block = [first.Block.X, first.Block.Y, first.Block.Z],
            Registers = compiled.Registers,
            SharedBytes = (compiled.StaticSharedBytes) + first.SharedBytes,
            SpillBytes = compiled.SpillBytes,
        };
    }
}
