using System.Runtime.InteropServices;

namespace KernelForge.Simulator.Lowering;

/// <summary>Operands of a wgmma, as they stand in a program's extra words before the rows of its registers: D's, then A's where A is in registers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WarpgroupOperands
{
    public const int Words = 12;

    public int N;
    public int K;
    public MatrixFormat D;
    public MatrixFormat A;
    public MatrixFormat B;

    /// <summary>Row of A's descriptor; 0: A is in registers.</summary>
    public int DescriptorA;
    public int DescriptorB;

    /// <summary>Predicate: add to D; else D is written anew. 0: add.</summary>
    public int ScaleD;

    /// <summary>Bits: A negated, B negated, A transposed, B transposed.</summary>
    public int Flags;
    public int Saturate;
    public int RowsD;
    public int RowsA;

    public readonly int SignA => (Flags & 1) != 0 ? -1 : 1;

    public readonly int SignB => (Flags & 2) != 0 ? -1 : 1;

    public readonly bool TransposedA => (Flags & 4) != 0;

    public readonly bool TransposedB => (Flags & 8) != 0;
}
