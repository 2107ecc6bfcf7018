using KernelForge.Simulator.Checks;

namespace KernelForge.Simulator.Execution;

/// <summary>How a launch ended.</summary>
public enum LaunchCompletion
{
    /// <summary>Every block ran to its end.</summary>
    Completed,

    /// <summary><see cref="LaunchConfiguration.InstructionBudget"/> ran out.</summary>
    BudgetExhausted,

    /// <summary>A <c>trap</c>.</summary>
    Trapped,

    /// <summary>An <c>assert</c> failed; its text is at the end of <see cref="LaunchResult.Printf"/>.</summary>
    AssertFailed,

    /// <summary>No warp of a block can go on.</summary>
    Deadlock,

    /// <summary>A finding after which nothing sensible can run: a stack overflow, or the same one millions of times.</summary>
    Stopped,
}

/// <summary>Where a group of lanes stood when a launch was given up.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Block">Block index.</param>
/// <param name="Warp">Warp in its block.</param>
/// <param name="Lanes">Mask of the lanes.</param>
/// <param name="SourceLine">Line in the main source file, or 0.</param>
/// <param name="State">What it was doing: <c>running</c>, <c>waiting at barrier 0</c>.</param>
public sealed record WarpPosition(string Kernel, (int X, int Y, int Z) Block, int Warp, uint Lanes, int SourceLine, string State);

/// <summary>What a launch did.</summary>
public sealed record LaunchResult
{
    /// <summary>How it ended.</summary>
    public required LaunchCompletion Completion { get; init; }

    /// <summary>What the checks found, in block order, one a kind and line.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Lane instructions executed: warp instructions × 32.</summary>
    public required long LaneInstructions { get; init; }

    /// <summary>Where warps stood, at most 64; empty after completion.</summary>
    public required IReadOnlyList<WarpPosition> Positions { get; init; }

    /// <summary>What the kernel printed, in block order, at most 64 KiB.</summary>
    public required string Printf { get; init; }
}
