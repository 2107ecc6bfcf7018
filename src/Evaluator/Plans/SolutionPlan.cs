using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Compilation;
using KernelForge.Simulator.Model;

namespace KernelForge.Evaluator.Plans;

/// <summary>A solution's plan resolved for a GPU profile: what evaluator and runner do alike.</summary>
internal static class SolutionPlan
{
    /// <summary>What a plan may use on a device.</summary>
    public static DeviceLimits LimitsOf(GpuProfile profile)
    {
        var modern = profile.Architecture.StartsWith("sm_9", StringComparison.Ordinal) || profile.Architecture.StartsWith("sm_1", StringComparison.Ordinal);
        return new DeviceLimits
        {
            Device = profile.Name,
            SmCount = profile.Sms,
            MaxSharedBytes = profile.MaxSharedBytesPerBlock,
            MaxClusterBlocks = modern ? 8 : 0,
            HasTensorMaps = modern,
        };
    }

    /// <summary>Reads and resolves.</summary>
    /// <exception cref="PlanException">The plan does not fit.</exception>
    public static ResolvedPlan Resolve(
        byte[] solution, TaskDescription task, string preset, IReadOnlyDictionary<string, long> tunables, GpuProfile profile, CompileResult compiled) =>
        Resolve(PlanReader.Read(SolutionFile.Read(solution)), task, preset, tunables, profile, compiled);

    /// <summary>Resolves, with the occupancy that the compiled kernels have on the profile.</summary>
    /// <exception cref="PlanException">The plan does not fit.</exception>
    public static ResolvedPlan Resolve(
        LaunchPlan plan, TaskDescription task, string preset, IReadOnlyDictionary<string, long> tunables, GpuProfile profile, CompileResult compiled) =>
        PlanResolver.Resolve(plan, task, preset, tunables, LimitsOf(profile), (kernel, threads, dynamicShared) =>
        {
            var resources = compiled.Kernels[kernel];
            return Occupancy.Of(profile, threads, resources.Registers, (int)(resources.StaticSharedBytes + dynamicShared)).BlocksPerSm;
        });
}
