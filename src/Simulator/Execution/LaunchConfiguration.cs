using System.Collections.Immutable;

namespace KernelForge.Simulator.Execution;

/// <summary>A size or an index in three dimensions.</summary>
public readonly record struct Dim3(int X, int Y = 1, int Z = 1)
{
    /// <summary>The product.</summary>
    public long Count => (long)X * Y * Z;

    /// <summary>The index that a linear number has in this size, x fastest.</summary>
    public (int X, int Y, int Z) At(long linear) => ((int)(linear % X), (int)(linear / X % Y), (int)(linear / X / Y));
}

/// <summary>What executes a launch. Results and findings are the same.</summary>
public enum BackEnd
{
    /// <summary>The interpreter first; compiled code as soon as the launch has shown to be worth compiling, or at once where it is there already.</summary>
    Automatic,

    /// <summary>The interpreter only: the reference.</summary>
    Interpreter,

    /// <summary>Compiled code from the first instruction, wherever the machine and the checks allow it.</summary>
    Compiler,
}

/// <summary>How to launch a kernel.</summary>
public sealed record LaunchConfiguration
{
    /// <summary>Blocks in the grid.</summary>
    public required Dim3 Grid { get; init; }

    /// <summary>Threads in a block, at most 1024.</summary>
    public required Dim3 Block { get; init; }

    /// <summary>Blocks of a thread-block cluster; the grid is a multiple of it. Default: what the kernel was compiled for, or no clusters.</summary>
    public Dim3? Cluster { get; init; }

    /// <summary>Dynamic shared memory, bytes.</summary>
    public int DynamicSharedBytes { get; init; }

    /// <summary>The raw parameter block, laid out as <c>PtxParameter.Offset</c> says.</summary>
    public ReadOnlyMemory<byte> Parameters { get; init; }

    /// <summary>Linear numbers of the blocks to run, whole clusters where there are clusters; default: all.</summary>
    public ImmutableArray<long> Blocks { get; init; }

    /// <summary>Lane instructions (warp instructions × 32) that the launch may execute.</summary>
    public long InstructionBudget { get; init; } = long.MaxValue;

    /// <summary>Ends the launch as if its budget had run out, keeping what was found until then (a cancelled launch keeps nothing).</summary>
    public CancellationToken OutOfTime { get; init; }

    /// <summary>Cores to use; 0: all.</summary>
    public int MaxDegreeOfParallelism { get; init; }

    /// <summary>A cooperative launch: every block resident, grid synchronisation possible.</summary>
    public bool Cooperative { get; init; }

    /// <summary>Shared memory that a block may use in all, bytes. Default 227 KiB, as on sm_90.</summary>
    public int SharedLimit { get; init; } = 227 * 1024;

    /// <summary>Seed of the pattern in shared memory and in registers that nothing wrote.</summary>
    public ulong Seed { get; init; } = 0x5eed;

    /// <summary>Findings kept of each kind.</summary>
    public int MaxFindingsPerKind { get; init; } = 16;

    /// <summary>What executes the launch. Launches under an observer or with race checks are the interpreter's in any case.</summary>
    public BackEnd BackEnd { get; init; }

    /// <summary>Streaming multiprocessors: <c>%nsmid</c>, and how many blocks are resident where blocks wait for each other.</summary>
    public int SmCount { get; init; } = 132;
}
