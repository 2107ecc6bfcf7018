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
    /// <param name="budgetLaneInstructions">PTX instructions × active threads to spend on it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static SampledLaunchResult Run(
        KernelProgram program,
        DeviceMemory memory,
        LaunchConfiguration configuration,
        GpuProfile profile,
        LaunchShape shape,
        IReadOnlyList<BufferRange> buffers,
        ulong seed,
        double budgetLaneInstructions,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(configuration);
        var counters = new LaunchCounters(program.Instructions, CounterSettings.For(profile, shape, buffers));
        var observer = new CountingObserver(counters);
        var findings = new List<Finding>();
        if (configuration.Cooperative)
        {
            var whole = Launcher.Run(program, memory, configuration with { Blocks = default }, ref observer, cancellationToken);
            return new SampledLaunchResult(whole.Completion, counters.Totals(), whole.Findings, 1);
        }

        var sampler = new BlockSampler((shape.GridX, shape.GridY, shape.GridZ), seed, budgetLaneInstructions);
        var completion = LaunchCompletion.Completed;
        while (completion == LaunchCompletion.Completed && sampler.TryNext(counters.LaneInstructions, out var block))
        {
            counters.UseStratum(block.Stratum);
            var result = Launcher.Run(program, memory, configuration with { Blocks = [block.Linear] }, ref observer, cancellationToken);
            findings.AddRange(result.Findings);
            completion = result.Completion;
        }

        return new SampledLaunchResult(completion, counters.Totals(sampler.Weights), findings, sampler.Share);
    }
}
