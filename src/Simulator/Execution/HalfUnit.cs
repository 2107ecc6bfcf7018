using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Execution.Vectors;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// f16, bf16 and their pairs. Add, subtract and multiply go through f32, whose 24 bits make the second rounding harmless
/// (24 ≥ 2·11 + 2); fma goes through f64 and is made odd before it is rounded.
/// </summary>
internal static unsafe class HalfUnit
{
    /// <summary>16 halves in the low bits to floats; the upper bits are ignored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FromHalf(Vector512<uint> h)
    {
        Vector512<uint> sign = (h & Vector512.Create(0x8000u)) << 16;
        Vector512<uint> magnitude = (h & Vector512.Create(0x7fffu)) << 13;
        Vector512<uint> special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(0x7c00u << 13));

        // Multiplying by 2^112 moves the exponent's bias, and makes subnormals normal, exactly.
        Vector512<uint> scaled = (magnitude.AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle(0x77800000))).AsUInt32();
        Vector512<uint> huge = magnitude | Vector512.Create(0x7f800000u);
        return (Vector512.ConditionalSelect(special, huge, scaled) | sign).AsSingle();
    }

    /// <summary>Floats to halves, round to nearest even; NaN is 0x7fff.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ToHalf(Vector512<float> f)
    {
        Vector512<uint> bits = f.AsUInt32();
        Vector512<uint> sign = (bits >>> 16) & Vector512.Create(0x8000u);
        Vector512<uint> m = bits & Vector512.Create(0x7fffffffu);

        // Subnormal halves: adding 0.5 puts the rounding place at bit 0.
        Vector512<uint> tiny = ((m.AsSingle() + Vector512.Create(0.5f)).AsUInt32() - Vector512.Create(0x3f000000u)) & Vector512.Create(0xffffu);
        Vector512<uint> rounded = (m + Vector512.Create(0xfffu) + ((m >>> 13) & Vector512.Create(1u)) - Vector512.Create(0x38000000u)) >>> 13;
        Vector512<uint> r = Vector512.ConditionalSelect(Vector512.LessThan(m, Vector512.Create(0x38800000u)), tiny, rounded);
        r = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(m, Vector512.Create(0x477ff000u)), Vector512.Create(0x7c00u), r);
        r |= sign;
        return Vector512.ConditionalSelect(Vector512.GreaterThan(m, Vector512.Create(0x7f800000u)), Vector512.Create(0x7fffu), r);
    }

    /// <summary>Floats to bfloat16, round to nearest even; NaN is 0x7fff.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ToBrain(Vector512<float> f)
    {
        Vector512<uint> bits = f.AsUInt32();
        Vector512<uint> r = (bits + Vector512.Create(0x7fffu) + ((bits >>> 16) & Vector512.Create(1u))) >>> 16;
        return Vector512.ConditionalSelect(Vector512.GreaterThan(bits & Vector512.Create(0x7fffffffu), Vector512.Create(0x7f800000u)), Vector512.Create(0x7fffu), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Execute(Instruction* ins, byte* R, uint mask)
    {
        var type = (PtxType)ins->Type;
        uint mod = ins->Mod;
        if ((mod & (Mod.Sat | Mod.Ftz | Mod.Relu | Mod.NaN | Mod.XorSign | Mod.RoundMask)) != 0)
        {
            for (uint m = mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                ((uint*)(R + ins->D))[lane] = Scalar((int)ins->Imm, type, ((uint*)(R + ins->A))[lane], ((uint*)(R + ins->B))[lane], ((uint*)(R + ins->C))[lane], mod);
            }

            return;
        }

        bool brain = type is PtxType.BF16 or PtxType.BF16x2;
        bool pair = type is PtxType.F16x2 or PtxType.BF16x2;
        Vector512<uint> u0 = One(U(R + ins->A, 0), U(R + ins->B, 0), U(R + ins->C, 0), (int)ins->Imm, brain);
        Vector512<uint> u1 = One(U(R + ins->A, 1), U(R + ins->B, 1), U(R + ins->C, 1), (int)ins->Imm, brain);
        if (pair)
        {
            u0 |= One(U(R + ins->A, 0) >>> 16, U(R + ins->B, 0) >>> 16, U(R + ins->C, 0) >>> 16, (int)ins->Imm, brain) << 16;
            u1 |= One(U(R + ins->A, 1) >>> 16, U(R + ins->B, 1) >>> 16, U(R + ins->C, 1) >>> 16, (int)ins->Imm, brain) << 16;
        }

        Store32(R + ins->D, mask, u0, u1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector512<uint> One(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c, int kind, bool brain)
    {
        Vector512<float> x = brain ? (a << 16).AsSingle() : FromHalf(a);
        Vector512<float> y = brain ? (b << 16).AsSingle() : FromHalf(b);
        Vector512<float> r = kind switch
        {
            0 => x + y,
            1 => x - y,
            2 => x * y,
            3 => OddFma(x, y, brain ? (c << 16).AsSingle() : FromHalf(c)),
            4 => Vector512.MinNumber(x, y),
            _ => Vector512.MaxNumber(x, y),
        };
        return brain ? ToBrain(r) : ToHalf(r);
    }

    /// <summary>a·b + c rounded to odd in f32: the product is exact in f64, so is the error of the sum.</summary>
    private static Vector512<float> OddFma(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.Create(
            OddFma(Vector512.WidenLower(a), Vector512.WidenLower(b), Vector512.WidenLower(c)),
            OddFma(Vector512.WidenUpper(a), Vector512.WidenUpper(b), Vector512.WidenUpper(c)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<float> OddFma(Vector512<double> a, Vector512<double> b, Vector512<double> c)
    {
        Vector512<double> p = a * b;
        Vector512<double> s = p + c;
        Vector512<double> t = s - p;
        Vector512<double> error = (p - (s - t)) + (c - t);
        Vector512<ulong> bits = s.AsUInt64();
        Vector512<ulong> inexact = ~(Vector512.Equals(error, Vector512<double>.Zero) | ~Vector512.Equals(error, error)).AsUInt64();

        // Below the sum in magnitude: one down, so that what is cut off says so.
        Vector512<ulong> opposite = Vector512.Equals((error.AsUInt64() ^ bits) & Vector512.Create(1UL << 63), Vector512.Create(1UL << 63)) & inexact;
        bits -= opposite & Vector512.Create(1UL);
        Vector512<ulong> sticky = ~Vector512.Equals(bits & Vector512.Create((1UL << 29) - 1), Vector512<ulong>.Zero) | inexact;
        Vector512<double> cut = (bits & ~Vector512.Create((1UL << 29) - 1)).AsDouble();
        Vector512<float> narrow = Vector512.Narrow(cut, cut);
        Vector512<uint> low = Vector512.Narrow(sticky & Vector512.Create(1UL), sticky & Vector512.Create(1UL));
        Vector512<uint> finite = Vector512.LessThan(narrow.AsUInt32() & Vector512.Create(0x7fffffffu), Vector512.Create(0x7f800000u));
        Vector512<uint> odd = narrow.AsUInt32() | (low & finite);

        // NaN must not be cut to infinity.
        Vector512<float> whole = Vector512.Narrow(s, s);
        return Vector512.ConditionalSelect(Vector512.Equals(whole, whole), odd.AsSingle(), whole).GetLower();
    }

    /// <summary>One lane, with every modifier. Kind: 0 add, 1 sub, 2 mul, 3 fma, 4 min, 5 max.</summary>
    public static uint Scalar(int kind, PtxType type, uint a, uint b, uint c, uint mod)
    {
        if (type is PtxType.F16x2 or PtxType.BF16x2)
        {
            PtxType element = type == PtxType.F16x2 ? PtxType.F16 : PtxType.BF16;
            return Scalar(kind, element, a & 0xffff, b & 0xffff, c & 0xffff, mod) | (Scalar(kind, element, a >> 16, b >> 16, c >> 16, mod) << 16);
        }

        double x = Flushed(type, a, mod), y = Flushed(type, b, mod), z = kind == 3 ? Flushed(type, c, mod) : 0;
        double r;
        switch (kind)
        {
            case 0 or 1:
                y = kind == 1 ? -y : y;
                r = x + y;
                r = double.IsFinite(r) ? Conversion.Odd(r, Error(x, y, r)) : r;
                break;
            case 2:
                r = x * y;
                break;
            case 3:
                double p = x * y;
                r = p + z;
                r = double.IsFinite(r) ? Conversion.Odd(r, Error(p, z, r)) : r;
                break;
            case 4 or 5 when (mod & Mod.XorSign) != 0:
                bool negative = double.IsNegative(x) != double.IsNegative(y);
                r = Extreme(kind, Math.Abs(x), Math.Abs(y), mod);
                r = negative ? -r : r;
                break;
            default:
                r = Extreme(kind, x, y, mod);
                break;
        }

        if ((mod & Mod.Sat) != 0)
        {
            r = r > 0 ? Math.Min(r, 1) : 0;
        }

        if ((mod & Mod.Relu) != 0)
        {
            r = r < 0 ? 0 : r;
        }

        uint bits = Conversion.RoundToHalf(type, r, mod);
        return (mod & Mod.Ftz) != 0 && type == PtxType.F16 && (bits & 0x7c00) == 0 ? bits & 0x8000 : bits;
    }

    private static double Extreme(int kind, double x, double y, uint mod) => (kind == 4, (mod & Mod.NaN) != 0) switch
    {
        (true, true) => Math.Min(x, y),
        (true, false) => double.MinNumber(x, y),
        (false, true) => Math.Max(x, y),
        _ => double.MaxNumber(x, y),
    };

    private static double Error(double a, double b, double s)
    {
        double t = s - a;
        return (a - (s - t)) + (b - t);
    }

    private static double Flushed(PtxType type, uint bits, uint mod) =>
        Conversion.ToDouble(type, (mod & Mod.Ftz) != 0 && type == PtxType.F16 && (bits & 0x7c00) == 0 ? bits & 0x8000 : bits & 0xffff);

    /// <summary>neg and abs (Mod.Max: neg); with Mod.Relu: ex2, or tanh with Mod.NaN.</summary>
    public static uint Unary(PtxType type, uint a, uint mod)
    {
        bool pair = type is PtxType.F16x2 or PtxType.BF16x2;
        if ((mod & Mod.Relu) != 0)
        {
            PtxType element = type is PtxType.F16x2 or PtxType.F16 ? PtxType.F16 : PtxType.BF16;
            uint low = Special(element, a & 0xffff, mod);
            return pair ? low | (Special(element, a >> 16, mod) << 16) : low;
        }

        if ((mod & Mod.Ftz) != 0)
        {
            a &= ((a & 0x7c00) == 0 ? 0x8000u : 0xffffu) | ((a & 0x7c000000) == 0 ? 0x80000000u : 0xffff0000u);
        }

        uint signs = pair ? 0x80008000u : 0x8000u;
        return (mod & Mod.Max) != 0 ? a ^ signs : a & ~signs;
    }

    private static uint Special(PtxType type, uint a, uint mod)
    {
        // ex2 of bf16 is the one that flushes.
        bool flush = (mod & Mod.Ftz) != 0;
        double x = Conversion.ToDouble(type, flush && (a & 0x7f80) == 0 ? a & 0x8000 : a);
        uint r = Conversion.RoundToHalf(type, (mod & Mod.NaN) != 0 ? Math.Tanh(x) : Math.Pow(2, x), 0);
        return flush && (r & 0x7f80) == 0 ? r & 0x8000 : r;
    }

    public static uint Compare(Instruction* ins, byte* R, uint mask, out uint second)
    {
        var type = (PtxType)ins->Type;
        var cmp = (Cmp)((ins->Mod & Mod.CmpMask) >> Mod.CmpShift);
        PtxType element = type is PtxType.F16x2 or PtxType.F16 ? PtxType.F16 : PtxType.BF16;
        uint bits = 0;
        second = 0;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            uint a = ((uint*)(R + ins->A))[lane];
            uint b = ((uint*)(R + ins->B))[lane];
            bits |= LaneUnit.CompareDoubles(cmp, Flushed(element, a & 0xffff, ins->Mod), Flushed(element, b & 0xffff, ins->Mod)) ? 1u << lane : 0;
            second |= LaneUnit.CompareDoubles(cmp, Flushed(element, a >> 16, ins->Mod), Flushed(element, b >> 16, ins->Mod)) ? 1u << lane : 0;
        }

        return bits;
    }
}
