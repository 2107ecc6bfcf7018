using System.Runtime.InteropServices;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Compilation;

/// <summary>What compiled code reads and leaves: native memory of its own in each block context, so that it needs no managed reference.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct CompiledFrame
{
    /// <summary>Places for diverged lanes; a program with more convergence points leaves the rest to the interpreter.</summary>
    public const int MaxRegions = 48;

    [FieldOffset(0)]
    public byte* Registers;

    /// <summary>The warp's values that are one number (or a base) instead of 32, by row.</summary>
    [FieldOffset(8)]
    public ulong* Scalars;

    [FieldOffset(16)]
    public BufferEntry** Cache;

    [FieldOffset(24)]
    public byte* SharedData;

    [FieldOffset(32)]
    public byte* SharedShadow;

    [FieldOffset(40)]
    public byte* Parameters;

    /// <summary>Warp instructions left in the turn.</summary>
    [FieldOffset(48)]
    public long Left;

    /// <summary>The lanes that run.</summary>
    [FieldOffset(56)]
    public uint Mask;

    /// <summary>The lanes whose registers this run may change: those of its path, or all where nobody else has any.</summary>
    [FieldOffset(60)]
    public uint Owned;

    [FieldOffset(64)]
    public int Entry;

    /// <summary>1: the warp has no other path, so that lanes may part and meet within compiled code.</summary>
    [FieldOffset(68)]
    public int Alone;

    /// <summary>Code index at which lanes outside wait for this path, or -1.</summary>
    [FieldOffset(72)]
    public int OuterMeeting;

    /// <summary>Where the next record for the observer goes (<see cref="AccessTrace"/>).</summary>
    [FieldOffset(80)]
    public byte* Trace;

    /// <summary>Beyond it compiled code comes back at its next branch, so that records are delivered.</summary>
    [FieldOffset(88)]
    public byte* TraceLimit;

    [FieldOffset(128)]
    public fixed ulong Values[32];

    [FieldOffset(384)]
    public fixed ulong Offsets[32];

    /// <summary>By region: the lanes that meet there; 0: none parted.</summary>
    [FieldOffset(640)]
    public fixed uint Expected[MaxRegions];

    /// <summary>By region: lanes that have not begun the other side of a branch yet.</summary>
    [FieldOffset(640 + (4 * MaxRegions))]
    public fixed uint Pending[MaxRegions];

    /// <summary>By region: the code index at which they begin.</summary>
    [FieldOffset(640 + (8 * MaxRegions))]
    public fixed int PendingAt[MaxRegions];
}

/// <summary>Runs compiled code from the frame's entry; returns the number of the exit that it took.</summary>
internal delegate int CompiledCode(nint frame);
