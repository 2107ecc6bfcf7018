using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Counters;
using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Model;

namespace KernelForge.Simulator.Sampling;

/// <summary>What a sampled launch showed.</summary>
/// <param name="Completion">How it ended: <see cref="LaunchCompletion.Completed"/>, or how the first block that did not complete ended.</param>
/// <param name="Totals">Counters scaled to the whole launch; of no use where the launch did not complete.</param>
/// <param name="Findings">Findings of the blocks that were run.</param>
/// <param name="SampledShare">Share of the blocks that were run, 0–1.</param>
public sealed record SampledLaunchResult(
    LaunchCompletion Completion, CounterTotals Totals, IReadOnlyList<Finding> Findings, double SampledShare);

/// <summary>How much of a launch may be run.</summary>
public sealed record SamplingLimits
{
    /// <summary>PTX instructions × active threads to spend; a few blocks are run in any case.</summary>
    public required double LaneInstructions { get; init; }

    /// <summary>Blocks, where not the whole launch fits the budget.</summary>
    public long Blocks { get; init; } = 1024;

    /// <summary>Host memory for pages of the buffers, over the whole <see cref="DeviceMemory"/>, after which sampling stops.</summary>
    public long ResidentBytes { get; init; } = 1L << 30;

    /// <summary>PTX instructions × 32 that one block may take (<see cref="LaunchCompletion.BudgetExhausted"/> above it).</summary>
    public long BlockLaneInstructions { get; init; } = long.MaxValue;

    /// <summary>The blocks depend on one another: run all or stop after the first (<see cref="LaunchCompletion.Stopped"/>).</summary>
    public bool WholeOnly { get; init; }
}

/// <summary>Runs the blocks that a <see cref="BlockSampler"/> chooses and counts them for a GPU.</summary>
public static class SampledLaunch
{
    /// <summary>Runs one launch in part, or whole where the budget allows it.</summary>
    /// <param name="program">The lowered kernel, with the checks it was lowered for.</param>
    /// <param name="memory">Its buffers; pages are made on first touch.</param>
    /// <param name="configuration">The launch; <see cref="LaunchConfiguration.Blocks"/> is ignored. A cooperative launch is run whole.</param>
    /// <param name="profile">The GPU it is counted for.</param>
    /// <param name="shape">Its shape and the cubin's resources.</param>
    /// <param name="buffers">Where its tensors lie.</param>
    /// <param name="seed">Chooses the sample.</param>
    /// <param name="limits">How much of it to run.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static SampledLaunchResult Run(
        KernelProgram program,
        DeviceMemory memory,
        LaunchConfiguration configuration,
        GpuProfile profile,
        LaunchShape shape,
        IReadOnlyList<BufferRange> buffers,
        ulong seed,
        SamplingLimits limits,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(limits);
        var counters = new LaunchCounters(program.Instructions, CounterSettings.For(profile, shape, buffers));
        var observer = new CountingObserver(counters);
        var findings = new List<Finding>();
        if (configuration.Cooperative)
        {
            var whole = Launcher.Run(program, memory, configuration with { Blocks = default, InstructionBudget = limits.BlockLaneInstructions }, ref observer, cancellationToken);
            return new SampledLaunchResult(whole.Completion, counters.Totals(), whole.Findings, 1);
        }

        // Blocks of a cluster run together or not at all: the sample is of clusters.
        var cluster = LaunchState.ClusterOf(program, configuration);
        var clusters = new Dim3(shape.GridX / cluster.X, shape.GridY / cluster.Y, shape.GridZ / cluster.Z);
        var sampler = new BlockSampler((clusters.X, clusters.Y, clusters.Z), seed, limits.LaneInstructions);
        var oneBlock = configuration with { InstructionBudget = limits.BlockLaneInstructions };
        var completion = LaunchCompletion.Completed;
        while (completion == LaunchCompletion.Completed && MayGoOn(sampler, memory, limits) && sampler.TryNext(counters.LaneInstructions, out var block))
        {
            if (limits.WholeOnly && sampler.Taken > 1 && !sampler.RunsEverything)
            {
                completion = LaunchCompletion.Stopped;
                break;
            }

            counters.UseStratum(block.Stratum);
            var result = Launcher.Run(program, memory, oneBlock with { Blocks = [FirstOf(block, cluster, configuration.Grid)] }, ref observer, cancellationToken);
            findings.AddRange(result.Findings);
            completion = result.Completion;
        }

        return new SampledLaunchResult(completion, counters.Totals(sampler.Weights), findings, sampler.Share);
    }

    // The launcher runs the whole cluster of a block.
    private static long FirstOf(SampledBlock place, Dim3 cluster, Dim3 grid) =>
        ((long)place.X * cluster.X) + (grid.X * (((long)place.Y * cluster.Y) + (grid.Y * ((long)place.Z * cluster.Z))));

    private static bool MayGoOn(BlockSampler sampler, DeviceMemory memory, SamplingLimits limits) =>
        sampler.Taken == 0
        || ((sampler.RunsEverything || limits.WholeOnly || sampler.Taken < limits.Blocks) && memory.ResidentBytes <= limits.ResidentBytes);
}
