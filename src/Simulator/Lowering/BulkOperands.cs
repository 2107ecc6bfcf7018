using System.Runtime.InteropServices;

namespace KernelForge.Simulator.Lowering;

/// <summary>Operands of a bulk copy, as they stand in a program's extra words: rows of registers, 0 where there is none, and constant offsets.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BulkOperands
{
    public const int Words = 16;

    public int To;
    public int ToOffset;
    public int From;
    public int FromOffset;
    public int Size;
    public int Mbarrier;
    public int MbarrierOffset;
    public int Multicast;

    /// <summary>The source is shared memory.</summary>
    public int FromShared;

    /// <summary>The operation's number in <c>AtomicUnit</c>; negative: a copy.</summary>
    public int Reduction;

    /// <summary>Coordinates of a box; 0: no tensor map.</summary>
    public int Rank;
    private fixed int coordinates[5];

    public readonly int Coordinate(int dimension) => coordinates[dimension];

    public void SetCoordinate(int dimension, int row) => coordinates[dimension] = row;
}
