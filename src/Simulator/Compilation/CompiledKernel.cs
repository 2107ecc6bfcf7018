namespace KernelForge.Simulator.Compilation;

/// <summary>Why compiled code came back.</summary>
internal enum ExitKind
{
    /// <summary>The interpreter goes on at the place.</summary>
    Interpret,

    /// <summary>Go on at the place.</summary>
    Continue,

    /// <summary>A branch was taken to the place: the turn may be over.</summary>
    Branch,

    /// <summary>A barrier stands at the place.</summary>
    Barrier,

    /// <summary>All running lanes end; the place is the exit's.</summary>
    End,
}

/// <summary>A row whose 32 lanes compiled code keeps as one number.</summary>
/// <param name="Slot">Its place among the warp's scalars.</param>
/// <param name="Offset">The row in the register file.</param>
/// <param name="Wide">64 bits.</param>
/// <param name="Pattern">What each lane adds: 32 values of the row's width, in native memory.</param>
/// <param name="Constant">The number, where it never changes and has no slot.</param>
internal readonly record struct ScalarRow(int Slot, int Offset, bool Wide, nint Pattern, long? Constant);

/// <summary>A convergence point whose lanes may wait within compiled code.</summary>
internal readonly record struct MeetingPlace(int Region, int Pc);

/// <summary>A place where compiled code ends.</summary>
/// <param name="Kind">Why.</param>
/// <param name="Pc">Where the path stands then.</param>
/// <param name="Scalars">Rows whose values are not in the register file.</param>
/// <param name="Regions">Where lanes of this path may wait, outermost first.</param>
internal sealed record CompiledExit(ExitKind Kind, int Pc, ScalarRow[] Scalars, MeetingPlace[] Regions);

/// <summary>A place where compiled code can begin.</summary>
/// <param name="Code">The method.</param>
/// <param name="Number">The entry's number in it.</param>
/// <param name="Scalars">Rows that it expects as scalars.</param>
/// <param name="UniformPredicates">Rows of predicates that are the same for all lanes.</param>
internal sealed record CompiledEntry(CompiledCode Code, int Number, ScalarRow[] Scalars, int[] UniformPredicates);

/// <summary>A program's compiled code under one specialisation.</summary>
internal sealed class CompiledKernel
{
    /// <summary>By code index: the entry there, or null.</summary>
    public required CompiledEntry?[] Entries { get; init; }

    public required CompiledExit[] Exits { get; init; }

    /// <summary>Scalars that a warp keeps.</summary>
    public required int Slots { get; init; }

    /// <summary>By code index: what the code reports there; null where it reports nothing.</summary>
    public required TraceSite?[] Sites { get; init; }

    /// <summary>Bytes that records between two branches take at most; 0: the code reports nothing.</summary>
    public required int TraceBytes { get; init; }

    /// <summary>What the code's addresses point to.</summary>
    public required NativeTables Tables { get; init; }
}

/// <summary>Memory at fixed addresses that lives as long as the code that refers to it.</summary>
internal sealed unsafe class NativeTables
{
    private readonly List<ulong[]> all = [];

    /// <summary>Room for 32 values.</summary>
    public nint Add()
    {
        ulong[] table = GC.AllocateArray<ulong>(32, pinned: true);
        all.Add(table);
        fixed (ulong* address = table)
        {
            return (nint)address;
        }
    }
}
