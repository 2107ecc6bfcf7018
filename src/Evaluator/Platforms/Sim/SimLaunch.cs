using System.Buffers.Binary;
using KernelForge.Contracts.Outcomes;
using KernelForge.Evaluator.Plans;
using KernelForge.Simulator.Execution;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>Between the plan's launches and the simulator's: configurations in, findings out.</summary>
internal static class SimLaunch
{
    /// <summary>A launch with its arguments bound to addresses.</summary>
    /// <param name="solution">The solution.</param>
    /// <param name="launch">The step.</param>
    /// <param name="addressOf">Address of a tensor.</param>
    /// <param name="seed">Scrubs shared memory and registers.</param>
    /// <exception cref="KernelForge.Contracts.Plans.PlanException">An argument does not fit the kernel.</exception>
    public static LaunchConfiguration Configuration(LoadedSolution solution, LaunchStep launch, Func<string, ulong> addressOf, ulong seed)
    {
        var bound = solution.Bind(launch);
        var parameters = bound.Parameters.ToArray();
        foreach (var pointer in bound.Pointers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(parameters.AsSpan(pointer.Offset), addressOf(pointer.Tensor) + (ulong)pointer.ByteOffset);
        }

        return new LaunchConfiguration
        {
            Grid = new(launch.Grid.X, launch.Grid.Y, launch.Grid.Z),
            Block = new(launch.Block.X, launch.Block.Y, launch.Block.Z),
            DynamicSharedBytes = (int)launch.SharedBytes,
            Parameters = parameters,
            Cooperative = launch.Cooperative,
            SharedLimit = solution.Profile.MaxSharedBytesPerBlock,
            SmCount = solution.Profile.Sms,
            Seed = seed,
        };
    }

    /// <summary>A finding in the outcome's form.</summary>
    public static Finding Finding(Simulator.Checks.Finding finding, string kernel, string? preset) => new()
    {
        Tool = ToolOf(finding.KindName),
        Kind = finding.KindName,
        Kernel = kernel,
        Line = finding.SourceLine > 0 ? finding.SourceLine : null,
        OtherLine = finding.OtherLine is > 0 ? finding.OtherLine : null,
        Block = [finding.Block.X, finding.Block.Y, finding.Block.Z],
        Thread = [finding.Thread.X, finding.Thread.Y, finding.Thread.Z],
        Preset = preset,
        Count = finding.Count,
        Message = finding.Message,
    };

    /// <summary>Where a warp stood, in the outcome's form.</summary>
    public static WarpStand Stand(WarpPosition position, string kernel) => new()
    {
        Kernel = kernel,
        Block = [position.Block.X, position.Block.Y, position.Block.Z],
        Warp = position.Warp,
        Line = position.SourceLine > 0 ? position.SourceLine : null,
        State = position.State,
    };

    /// <summary>The status that a kind of finding leads to.</summary>
    public static CheckVerdict VerdictOf(string kind) => kind switch
    {
        "race" => CheckVerdict.RaceError,
        "barrier_divergence" or "invalid_mask" or "deadlock" => CheckVerdict.SyncError,
        _ => CheckVerdict.MemoryError,
    };

    /// <summary>What to do about a kind of finding, to stand behind its message; empty where that says it.</summary>
    public static string RemedyOf(string kind) => kind switch
    {
        "out_of_bounds_read" or "out_of_bounds_write" => "; guard the access by the size, or correct the index",
        "misaligned" => "; vectors of 8 or 16 bytes need addresses that are multiples of it: handle the unaligned rest by single elements",
        "uninitialised_read" => "; write it first, give the buffer a \"fill\", or wait at a barrier for the thread that writes it",
        "race" => "; put a barrier between the two, or use atomics",
        "barrier_divergence" => "; move the barrier to where all threads of the block pass it",
        "invalid_mask" => "; name exactly the lanes that reach the call, as __activemask or a ballot before the branch gives them",
        "deadlock" => "; blocks and warps may only wait for what is certain to run",
        _ => string.Empty,
    };

    private static string ToolOf(string kind) => kind switch
    {
        "race" => "racecheck",
        "barrier_divergence" or "invalid_mask" or "deadlock" => "synccheck",
        "uninitialised_read" or "unwritten_output" => "initcheck",
        _ => "memcheck",
    };
}
