using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Execution;

/// <summary>Rows of 32 lanes as vectors. All of it is inlined into the units' switches.</summary>
internal static unsafe class Vectors
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> U(byte* row, int half) => *(Vector512<uint>*)(row + (half * 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> I(byte* row, int half) => *(Vector512<int>*)(row + (half * 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> F(byte* row, int half) => *(Vector512<float>*)(row + (half * 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> L(byte* row, int quarter) => *(Vector512<ulong>*)(row + (quarter * 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> S(byte* row, int quarter) => *(Vector512<long>*)(row + (quarter * 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> D(byte* row, int quarter) => *(Vector512<double>*)(row + (quarter * 64));

    /// <summary>All ones in the lanes whose bits are set: of bits 0 to 15, or 16 to 31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Mask32(uint bits, int half)
    {
        Vector512<uint> select = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return Vector512.Equals(Vector512.Create(half == 0 ? bits : bits >> 16) & select, select);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> Mask64(uint bits, int quarter)
    {
        Vector512<ulong> select = Vector512.Create(1UL, 2, 4, 8, 16, 32, 64, 128);
        return Vector512.Equals(Vector512.Create((ulong)(bits >> (8 * quarter))) & select, select);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store32(byte* row, uint mask, Vector512<uint> lower, Vector512<uint> upper)
    {
        if (mask == uint.MaxValue)
        {
            *(Vector512<uint>*)row = lower;
            *(Vector512<uint>*)(row + 64) = upper;
        }
        else
        {
            *(Vector512<uint>*)row = Vector512.ConditionalSelect(Mask32(mask, 0), lower, U(row, 0));
            *(Vector512<uint>*)(row + 64) = Vector512.ConditionalSelect(Mask32(mask, 1), upper, U(row, 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store64(byte* row, uint mask, Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d)
    {
        if (mask == uint.MaxValue)
        {
            *(Vector512<ulong>*)row = a;
            *(Vector512<ulong>*)(row + 64) = b;
            *(Vector512<ulong>*)(row + 128) = c;
            *(Vector512<ulong>*)(row + 192) = d;
        }
        else
        {
            *(Vector512<ulong>*)row = Vector512.ConditionalSelect(Mask64(mask, 0), a, L(row, 0));
            *(Vector512<ulong>*)(row + 64) = Vector512.ConditionalSelect(Mask64(mask, 1), b, L(row, 1));
            *(Vector512<ulong>*)(row + 128) = Vector512.ConditionalSelect(Mask64(mask, 2), c, L(row, 2));
            *(Vector512<ulong>*)(row + 192) = Vector512.ConditionalSelect(Mask64(mask, 3), d, L(row, 3));
        }
    }

    /// <summary>The same out of line, for the interpreter's tails under partial masks: in its large method the inliner's budget is spent.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Blend32(byte* row, uint mask, Vector512<uint> lower, Vector512<uint> upper)
    {
        *(Vector512<uint>*)row = Vector512.ConditionalSelect(Mask32(mask, 0), lower, U(row, 0));
        *(Vector512<uint>*)(row + 64) = Vector512.ConditionalSelect(Mask32(mask, 1), upper, U(row, 1));
    }

    /// <summary>As <see cref="Blend32"/> for rows of 64 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Blend64(byte* row, uint mask, Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d)
    {
        *(Vector512<ulong>*)row = Vector512.ConditionalSelect(Mask64(mask, 0), a, L(row, 0));
        *(Vector512<ulong>*)(row + 64) = Vector512.ConditionalSelect(Mask64(mask, 1), b, L(row, 1));
        *(Vector512<ulong>*)(row + 128) = Vector512.ConditionalSelect(Mask64(mask, 2), c, L(row, 2));
        *(Vector512<ulong>*)(row + 192) = Vector512.ConditionalSelect(Mask64(mask, 3), d, L(row, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits32(Vector512<uint> lower, Vector512<uint> upper) =>
        (uint)lower.ExtractMostSignificantBits() | ((uint)upper.ExtractMostSignificantBits() << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Bits64(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c, Vector512<ulong> d) =>
        (uint)a.ExtractMostSignificantBits() | ((uint)b.ExtractMostSignificantBits() << 8)
        | ((uint)c.ExtractMostSignificantBits() << 16) | ((uint)d.ExtractMostSignificantBits() << 24);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<ulong> WidenU(byte* row, int quarter) => Vector512.WidenLower(Vector512.Create(Vector256.Load((uint*)(row + (quarter * 32))), Vector256<uint>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> WidenS(byte* row, int quarter) => Vector512.WidenLower(Vector512.Create(Vector256.Load((int*)(row + (quarter * 32))), Vector256<int>.Zero));
}
