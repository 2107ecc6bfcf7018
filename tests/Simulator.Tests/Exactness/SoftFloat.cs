using System.Numerics;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>A binary floating-point format of IEEE 754.</summary>
internal sealed record Format(int ExponentBits, int FractionBits)
{
    public static readonly Format F16 = new(5, 10);
    public static readonly Format BF16 = new(8, 7);
    public static readonly Format F32 = new(8, 23);
    public static readonly Format F64 = new(11, 52);

    public int Bias => (1 << (ExponentBits - 1)) - 1;

    public int LeastExponent => 1 - Bias;

    public ulong SignBit => 1UL << (ExponentBits + FractionBits);

    public ulong Infinity => ((1UL << ExponentBits) - 1) << FractionBits;

    public ulong One => (ulong)Bias << FractionBits;

    /// <summary>The NaN that instructions make: all ones but the sign; f64's is the hardware's own and not looked at.</summary>
    public ulong NaN => SignBit - 1;

    public static Format Named(string type) => type switch { "f16" or "f16x2" => F16, "bf16" or "bf16x2" => BF16, "f64" => F64, _ => F32 };

    public ulong Of(double value) => SoftFloat.Round(this, SoftFloat.Decode(F64, BitConverter.DoubleToUInt64Bits(value)), "rn");

    public bool IsNaN(ulong bits) => (bits & (SignBit - 1)) > Infinity;

    public bool IsSubnormal(ulong bits) => (bits & Infinity) == 0 && (bits & (SignBit - 1)) != 0;

    public ulong Flush(ulong bits) => IsSubnormal(bits) ? bits & SignBit : bits;
}

/// <summary>A number as mantissa · 2^exponent, exact, or with something more below it (<see cref="More"/>); or infinite, or none.</summary>
internal readonly record struct Number(bool Negative, BigInteger Mantissa, int Exponent, bool Infinite, bool NaN, bool More = false)
{
    public bool IsZero => !NaN && !Infinite && Mantissa.IsZero && !More;

    public BigInteger Signed => Negative ? -Mantissa : Mantissa;
}

/// <summary>Floating-point arithmetic in big integers: slow, short, and nothing of the simulator's own.</summary>
internal static class SoftFloat
{
    private static readonly Number NotANumber = new(false, 0, 0, false, true);

    public static Number Decode(Format f, ulong bits)
    {
        bool negative = (bits & f.SignBit) != 0;
        ulong fraction = bits & ((1UL << f.FractionBits) - 1);
        int exponent = (int)((bits & f.Infinity) >> f.FractionBits);
        if ((bits & f.Infinity) == f.Infinity)
        {
            return new Number(negative, 0, 0, fraction == 0, fraction != 0);
        }

        return new Number(negative, exponent == 0 ? fraction : fraction | (1UL << f.FractionBits), Math.Max(exponent, 1) - f.Bias - f.FractionBits, false, false);
    }

    public static Number Integer(BigInteger v) => new(v.Sign < 0, BigInteger.Abs(v), 0, false, false);

    /// <summary>Rounds once. Modes as in PTX: rn, rz, rm, rp, and rna.</summary>
    public static ulong Round(Format f, Number x, string mode)
    {
        ulong sign = x.Negative ? f.SignBit : 0;
        if (x.NaN)
        {
            return f.NaN;
        }

        if (x.Infinite)
        {
            return sign | f.Infinity;
        }

        if (x.Mantissa.IsZero)
        {
            return sign;
        }

        int length = (int)x.Mantissa.GetBitLength();
        int quantum = Math.Max(x.Exponent + length - 1 - f.FractionBits, f.LeastExponent - f.FractionBits);
        (BigInteger kept, bool inexact) = RoundTo(x, quantum, mode);
        if (kept.GetBitLength() > f.FractionBits + 1)
        {
            kept >>= 1;
            quantum++;
        }

        if (kept < BigInteger.One << f.FractionBits)
        {
            return sign | (ulong)kept;
        }

        int exponent = quantum + f.FractionBits + f.Bias;
        if (exponent < (1 << f.ExponentBits) - 1)
        {
            return sign | ((ulong)exponent << f.FractionBits) | (ulong)(kept - (BigInteger.One << f.FractionBits));
        }

        bool toInfinity = mode is "rn" or "rna" || (mode == "rp" && !x.Negative) || (mode == "rm" && x.Negative);
        return sign | (toInfinity ? f.Infinity : f.Infinity - 1);
    }

    /// <summary>The magnitude as a multiple of 2^quantum.</summary>
    public static (BigInteger Value, bool Inexact) RoundTo(Number x, int quantum, string mode)
    {
        int shift = quantum - x.Exponent;
        BigInteger kept = shift <= 0 ? x.Mantissa << -shift : x.Mantissa >> shift;
        BigInteger rest = shift <= 0 ? 0 : x.Mantissa - (kept << shift);
        bool inexact = !rest.IsZero || x.More;
        int half = shift <= 0 ? -1 : rest.CompareTo(BigInteger.One << (shift - 1));
        half = half == 0 && x.More ? 1 : half;
        bool up = mode switch
        {
            "rn" => half > 0 || (half == 0 && !kept.IsEven),
            "rna" => half >= 0,
            "rm" => x.Negative && inexact,
            "rp" => !x.Negative && inexact,
            _ => false,
        };
        return (up ? kept + 1 : kept, inexact);
    }

    public static Number Add(Number a, Number b, string mode)
    {
        if (a.NaN || b.NaN || (a.Infinite && b.Infinite && a.Negative != b.Negative))
        {
            return NotANumber;
        }

        if (a.Infinite || b.Infinite)
        {
            return a.Infinite ? a : b;
        }

        int e = Math.Min(a.Exponent, b.Exponent);
        BigInteger sum = (a.Signed << (a.Exponent - e)) + (b.Signed << (b.Exponent - e));
        bool negative = sum.Sign < 0 || (sum.IsZero && (a.Negative == b.Negative ? a.Negative : mode == "rm"));
        return new Number(negative, BigInteger.Abs(sum), e, false, false);
    }

    public static Number Multiply(Number a, Number b)
    {
        bool negative = a.Negative != b.Negative;
        if (a.NaN || b.NaN || (a.Infinite && b.IsZero) || (b.Infinite && a.IsZero))
        {
            return NotANumber;
        }

        return new Number(negative, a.Mantissa * b.Mantissa, a.Exponent + b.Exponent, a.Infinite || b.Infinite, false);
    }

    public static Number Divide(Number a, Number b)
    {
        bool negative = a.Negative != b.Negative;
        if (a.NaN || b.NaN || (a.Infinite && b.Infinite) || (a.IsZero && b.IsZero))
        {
            return NotANumber;
        }

        if (a.Infinite || b.IsZero)
        {
            return new Number(negative, 0, 0, true, false);
        }

        if (b.Infinite || a.IsZero)
        {
            return new Number(negative, 0, 0, false, false);
        }

        const int Extra = 140;
        var quotient = BigInteger.DivRem(a.Mantissa << Extra, b.Mantissa, out BigInteger rest);
        return new Number(negative, quotient, a.Exponent - b.Exponent - Extra, false, false, !rest.IsZero);
    }

    public static Number SquareRoot(Number a)
    {
        if (a.NaN || (a.Negative && !a.IsZero))
        {
            return NotANumber;
        }

        if (a.Infinite || a.IsZero)
        {
            return a;
        }

        // An even exponent, and twice the digits that any format needs.
        int shift = 160 + ((a.Exponent & 1) == 0 ? 0 : 1);
        BigInteger m = a.Mantissa << shift;
        BigInteger root = IntegerRoot(m);
        return new Number(false, root, (a.Exponent - shift) / 2, false, false, root * root != m);
    }

    private static BigInteger IntegerRoot(BigInteger n)
    {
        BigInteger x = BigInteger.One << (int)((n.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (x + (n / x)) >> 1;
            if (next >= x)
            {
                return x;
            }

            x = next;
        }
    }

    public static int? Compare(Number a, Number b)
    {
        if (a.NaN || b.NaN)
        {
            return null;
        }

        int InfinityOf(Number n) => n.Infinite ? n.Negative ? -1 : 1 : 0;
        if (a.Infinite || b.Infinite)
        {
            return InfinityOf(a).CompareTo(InfinityOf(b));
        }

        int e = Math.Min(a.Exponent, b.Exponent);
        return (a.Signed << (a.Exponent - e)).CompareTo(b.Signed << (b.Exponent - e));
    }

    public static double ToDouble(Format f, ulong bits) => BitConverter.UInt64BitsToDouble(Round(Format.F64, Decode(f, bits), "rn"));
}
