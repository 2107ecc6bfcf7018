using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary><c>cvt</c> in all its forms (PTX ISA §9.7.9.21), one value at a time.</summary>
internal static class Conversion
{
    public static double ToDouble(PtxType t, ulong bits) => t switch
    {
        PtxType.F64 => BitConverter.UInt64BitsToDouble(bits),
        PtxType.F16 or PtxType.F16x2 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
        PtxType.BF16 or PtxType.BF16x2 => BitConverter.UInt32BitsToSingle((uint)(ushort)bits << 16),
        _ => BitConverter.UInt32BitsToSingle((uint)bits),
    };

    public static ulong Convert(PtxType to, PtxType from, uint mod, ulong a)
    {
        if (from.IsFloat())
        {
            double x = ToDouble(from, a);
            if ((mod & Mod.Ftz) != 0 && from == PtxType.F32 && float.IsSubnormal((float)x))
            {
                x = Math.CopySign(0.0, x);
            }

            return to.IsFloat() ? FloatToFloat(to, mod, x) : FloatToInteger(to, from, mod, x);
        }

        if (to.IsFloat())
        {
            return IntegerToFloat(to, from, mod, a);
        }

        // Between integers: extend or cut; saturation clamps to the target's range.
        Int128 value = from.IsSigned() ? LaneUnit.Extend(from, a) : (Int128)LaneUnit.Narrow(from, a);
        if ((mod & Mod.Sat) != 0)
        {
            (Int128 low, Int128 high) = Range(to);
            value = Int128.Clamp(value, low, high);
        }

        return Extended(to, mod, (ulong)value);
    }

    /// <summary>Registers wider than the target hold it extended as its type says.</summary>
    private static ulong Extended(PtxType to, uint mod, ulong v)
    {
        ulong extended = to.IsSigned() ? (ulong)LaneUnit.Extend(to, v) : LaneUnit.Narrow(to, v);
        return (mod & Mod.D64) != 0 ? extended : (uint)extended;
    }

    private static (Int128 Low, Int128 High) Range(PtxType t)
    {
        int bits = t.Size() * 8;
        return t.IsSigned() ? (-((Int128)1 << (bits - 1)), ((Int128)1 << (bits - 1)) - 1) : (0, ((Int128)1 << bits) - 1);
    }

    private static double RoundInteger(double x, uint mod) => (mod & Mod.RoundMask) switch
    {
        Mod.RoundZero => Math.Truncate(x),
        Mod.RoundDown => Math.Floor(x),
        Mod.RoundUp => Math.Ceiling(x),
        _ => Math.Round(x, MidpointRounding.ToEven),
    };

    /// <summary>Saturating. NaN gives 0, and the target's highest bit from f64 and to 64-bit targets (PTX ISA, cvt).</summary>
    public static ulong FloatToInteger(PtxType to, PtxType from, uint mod, double x)
    {
        if (double.IsNaN(x))
        {
            return to.Size() == 8 || from == PtxType.F64 ? Extended(to, mod, 1UL << ((to.Size() * 8) - 1)) : 0;
        }

        x = RoundInteger(x, mod);
        (Int128 low, Int128 high) = Range(to);
        if (x <= (double)low)
        {
            return Extended(to, mod, (ulong)low);
        }

        if (x >= (double)high)
        {
            return Extended(to, mod, (ulong)high);
        }

        return Extended(to, mod, to.IsSigned() ? (ulong)(long)x : (ulong)x);
    }

    private static ulong IntegerToFloat(PtxType to, PtxType from, uint mod, ulong a)
    {
        Int128 value = from.IsSigned() ? LaneUnit.Extend(from, a) : (Int128)LaneUnit.Narrow(from, a);
        if ((mod & Mod.Sat) != 0)
        {
            value = Int128.Clamp(value, 0, 1);
        }

        double nearest = from.IsSigned() ? (double)(long)value : (double)(ulong)value;
        double rest = (double)(value - (Int128)nearest);
        if (to == PtxType.F64)
        {
            double d = (mod & Mod.RoundMask) switch
            {
                Mod.RoundDown => rest < 0 ? Math.BitDecrement(nearest) : nearest,
                Mod.RoundUp => rest > 0 ? Math.BitIncrement(nearest) : nearest,
                Mod.RoundZero => nearest > 0 && rest < 0 ? Math.BitDecrement(nearest) : nearest < 0 && rest > 0 ? Math.BitIncrement(nearest) : nearest,
                _ => nearest,
            };
            return BitConverter.DoubleToUInt64Bits(d);
        }

        if (to == PtxType.F32)
        {
            // Nearest must not be rounded twice: long to float is one rounding.
            float f = (mod & Mod.RoundMask) == Mod.RoundNearest
                ? from.IsSigned() ? (float)(long)value : (float)(ulong)value
                : Rounding.ToSingle(nearest, rest, mod);
            return BitConverter.SingleToUInt32Bits(f);
        }

        return RoundToHalf(to, Odd(nearest, rest), mod);
    }

    /// <summary>Makes an inexact double odd in its last place, so that a second rounding is right.</summary>
    public static double Odd(double nearest, double rest)
    {
        if (rest == 0 || !double.IsFinite(nearest) || nearest == 0)
        {
            return nearest;
        }

        ulong bits = BitConverter.DoubleToUInt64Bits(nearest);
        if ((bits & 1) != 0)
        {
            return nearest;
        }

        return BitConverter.UInt64BitsToDouble((rest > 0) == (nearest > 0) ? bits + 1 : bits - 1);
    }

    private static ulong FloatToFloat(PtxType to, uint mod, double x)
    {
        if ((mod & Mod.RoundInteger) != 0)
        {
            x = RoundInteger(x, mod);
            mod &= ~Mod.RoundMask;
        }

        if ((mod & Mod.Sat) != 0 && to is not (PtxType.F16 or PtxType.BF16))
        {
            x = x > 0 ? Math.Min(x, 1) : 0;
        }

        if ((mod & Mod.Relu) != 0)
        {
            x = x < 0 ? 0 : x;
        }

        switch (to)
        {
            case PtxType.F64:
                return BitConverter.DoubleToUInt64Bits(x);
            case PtxType.TF32:
                return Tf32((float)x, mod);
            case PtxType.F32:
                float f = Rounding.ToSingle(x, 0, mod);
                if ((mod & Mod.Ftz) != 0 && float.IsSubnormal(f))
                {
                    f = MathF.CopySign(0f, f);
                }

                return float.IsNaN(f) ? 0x7fffffffu : BitConverter.SingleToUInt32Bits(f);
            default:
                if ((mod & Mod.Sat) != 0)
                {
                    x = x > 0 ? Math.Min(x, 1) : 0;
                }

                return RoundToHalf(to, x, mod);
        }
    }

    private static uint Tf32(float x, uint mod)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        if (float.IsNaN(x))
        {
            return 0x7fffffff;
        }

        if (float.IsInfinity(x))
        {
            return bits;
        }

        uint half = (mod & Mod.RoundMask) switch { Mod.RoundZero => 0u, Mod.RoundNearestAway => 0x1000u, _ => 0xfffu + ((bits >> 13) & 1) };
        return (bits + half) & ~0x1fffu;
    }

    /// <summary>A double to f16 or bf16, rounded once.</summary>
    public static uint RoundToHalf(PtxType to, double x, uint mod)
    {
        bool brain = to is PtxType.BF16 or PtxType.BF16x2;
        int fraction = brain ? 7 : 10;
        int minExponent = brain ? -126 : -14;
        int maxExponent = brain ? 127 : 15;
        uint sign = BitConverter.DoubleToUInt64Bits(x) >> 63 != 0 ? 0x8000u : 0;
        if (double.IsNaN(x))
        {
            return 0x7fff;
        }

        uint infinity = brain ? 0x7f80u : 0x7c00u;
        if (double.IsInfinity(x))
        {
            return sign | infinity;
        }

        double m = Math.Abs(x);
        if (m == 0)
        {
            return sign;
        }

        int exponent = Math.Max(Math.ILogB(m), minExponent);
        double scaled = Math.ScaleB(m, fraction - exponent);
        bool negative = sign != 0;
        double r = (mod & Mod.RoundMask) switch
        {
            Mod.RoundZero => Math.Floor(scaled),
            Mod.RoundDown => negative ? Math.Ceiling(scaled) : Math.Floor(scaled),
            Mod.RoundUp => negative ? Math.Floor(scaled) : Math.Ceiling(scaled),
            _ => Math.Round(scaled, MidpointRounding.ToEven),
        };
        long integer = (long)r;

        // The carry out of the fraction moves the exponent by itself.
        long bits = integer < 1L << fraction ? integer : ((long)(exponent - minExponent + 1) << fraction) + integer - (1L << fraction);
        if (bits >= infinity || exponent > maxExponent)
        {
            bool toMax = (mod & Mod.RoundMask) == Mod.RoundZero || ((mod & Mod.RoundMask) == Mod.RoundDown && !negative) || ((mod & Mod.RoundMask) == Mod.RoundUp && negative);
            return sign | (toMax ? infinity - 1 : infinity);
        }

        return sign | (uint)bits;
    }
}
