namespace KernelForge.Simulator.Lowering;

/// <summary>Which checks a program does while it runs.</summary>
[Flags]
public enum Checks
{
    /// <summary>None; accesses out of bounds are still stopped and reported, since the host must stay whole.</summary>
    None = 0,

    /// <summary>Bounds, alignment, foreign pointers, address spaces.</summary>
    Memory = 1,

    /// <summary>Reads of what nothing wrote.</summary>
    Initialised = 2,

    /// <summary>Races over shared memory, and over global memory that the launch writes. Such launches run on one core.</summary>
    SharedRaces = 4,

    /// <summary>Barriers under divergence, wrong masks.</summary>
    Synchronisation = 8,

    /// <summary>All of them.</summary>
    All = Memory | Initialised | SharedRaces | Synchronisation,
}

/// <summary>How to lower a kernel.</summary>
public sealed record LoweringOptions
{
    /// <summary>The checks. Default: all but races.</summary>
    public Checks Checks { get; init; } = Checks.Memory | Checks.Initialised | Checks.Synchronisation;

    /// <summary>Name of the source file, for messages.</summary>
    public string? SourceFile { get; init; }
}
