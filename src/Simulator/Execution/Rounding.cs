using System.Numerics;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Execution;

/// <summary>Directed rounding by correcting the nearest result with the sign of its error, which is found exactly.</summary>
internal static class Rounding
{
    public static double Add(double a, double b, uint mod)
    {
        double s = a + b;
        if (!double.IsFinite(s))
        {
            return Overflow(s, double.IsFinite(a) && double.IsFinite(b), mod);
        }

        // Knuth's TwoSum: no bit is lost.
        double bb = s - a;
        double error = (a - (s - bb)) + (b - bb);
        if (s == 0 && error == 0)
        {
            return ZeroSum(a, b, s, mod);
        }

        return Correct(s, error, mod);
    }

    public static double Multiply(double a, double b, uint mod)
    {
        double p = a * b;
        return double.IsFinite(p) ? Correct(p, SignOf(Exact(a) * Exact(b), -Exact(p)), mod) : Overflow(p, double.IsFinite(a) && double.IsFinite(b), mod);
    }

    public static double MultiplyAdd(double a, double b, double c, uint mod)
    {
        double r = Math.FusedMultiplyAdd(a, b, c);
        if (!double.IsFinite(r))
        {
            return Overflow(r, double.IsFinite(a) && double.IsFinite(b) && double.IsFinite(c), mod);
        }

        int sign = SignOf(Exact(a) * Exact(b), Exact(c), -Exact(r));
        return r == 0 && sign == 0 ? ZeroSum(SignedZero(a, b), c, r, mod) : Correct(r, sign, mod);
    }

    public static double Divide(double a, double b, uint mod)
    {
        double q = a / b;
        if ((mod & Mod.RoundMask) == Mod.RoundNearest || b == 0)
        {
            return q;
        }

        return double.IsFinite(q) && double.IsFinite(b)
            ? Correct(q, SignOf(Exact(a), -(Exact(q) * Exact(b))) * (b < 0 ? -1 : 1), mod)
            : Overflow(q, double.IsFinite(a) && double.IsFinite(b), mod);
    }

    public static double SquareRoot(double a, uint mod)
    {
        double s = Math.Sqrt(a);
        return (mod & Mod.RoundMask) == Mod.RoundNearest || !double.IsFinite(s) || s == 0 ? s : Correct(s, SignOf(Exact(a), -(Exact(s) * Exact(s))), mod);
    }

    /// <summary>A quotient of two singles, in any direction.</summary>
    public static float Divide(float a, float b, uint mod)
    {
        double q = (double)a / b;
        double rest = double.IsFinite(q) && float.IsFinite(b) ? Math.FusedMultiplyAdd(-q, b, a) * (b < 0 ? -1 : 1) : 0;
        return ToSingle(q, rest, mod);
    }

    /// <summary>The root of a single, in any direction.</summary>
    public static float SquareRoot(float a, uint mod)
    {
        double s = Math.Sqrt(a);
        return ToSingle(s, double.IsFinite(s) ? Math.FusedMultiplyAdd(-s, s, a) : 0, mod);
    }

    /// <summary>The sum of two that make zero: of one sign that zero, else +0, or −0 where rounded down (IEEE 754 §6.3).</summary>
    public static double ZeroSum(double a, double b, double sum, uint mod) =>
        (mod & Mod.RoundMask) == Mod.RoundDown && double.IsNegative(a) != double.IsNegative(b) ? -0.0 : sum;

    private static double SignedZero(double a, double b) => double.IsNegative(a) != double.IsNegative(b) ? -1 : 1;

    // mantissa · 2^exponent. Big, since exponents of doubles reach 2,200 bits apart; directed doubles are too rare for anything quicker.
    private readonly record struct Number(BigInteger Mantissa, int Exponent)
    {
        public static Number operator *(Number a, Number b) => new(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent);

        public static Number operator -(Number a) => a with { Mantissa = -a.Mantissa };
    }

    private static Number Exact(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) & 0x7ff;
        long mantissa = (bits & 0xfffffffffffffL) | (exponent == 0 ? 0 : 1L << 52);
        return new Number(bits < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    private static int SignOf(params ReadOnlySpan<Number> terms)
    {
        int least = int.MaxValue;
        foreach (Number n in terms)
        {
            least = n.Mantissa.IsZero ? least : Math.Min(least, n.Exponent);
        }

        BigInteger sum = BigInteger.Zero;
        foreach (Number n in terms)
        {
            sum += n.Mantissa.IsZero ? BigInteger.Zero : n.Mantissa << (n.Exponent - least);
        }

        return sum.Sign;
    }

    private static double Overflow(double value, bool finiteInputs, uint mod)
    {
        if (!finiteInputs || double.IsNaN(value))
        {
            return value;
        }

        uint round = mod & Mod.RoundMask;
        bool toMax = round == Mod.RoundZero || (round == Mod.RoundDown && value > 0) || (round == Mod.RoundUp && value < 0);
        return toMax ? Math.CopySign(double.MaxValue, value) : value;
    }

    private static double Correct(double nearest, double error, uint mod) => (mod & Mod.RoundMask) switch
    {
        Mod.RoundDown => error < 0 ? Math.BitDecrement(nearest) : nearest,
        Mod.RoundUp => error > 0 ? Math.BitIncrement(nearest) : nearest,
        Mod.RoundZero => nearest > 0 && error < 0 ? Math.BitDecrement(nearest) : nearest < 0 && error > 0 ? Math.BitIncrement(nearest) : nearest,
        _ => nearest,
    };

    /// <summary>Rounds a double plus a remainder of known sign to single, in any direction.</summary>
    public static float ToSingle(double value, double remainder, uint mod)
    {
        float r = (float)value;
        uint round = mod & Mod.RoundMask;
        if (round == Mod.RoundNearest || double.IsNaN(value) || double.IsInfinity(value))
        {
            return r;
        }

        if (float.IsInfinity(r))
        {
            bool toMax = round == Mod.RoundZero || (round == Mod.RoundDown && r > 0) || (round == Mod.RoundUp && r < 0);
            return toMax ? MathF.CopySign(float.MaxValue, r) : r;
        }

        double difference = value - r;
        double error = difference != 0 ? difference : remainder;
        return round switch
        {
            Mod.RoundDown => error < 0 ? MathF.BitDecrement(r) : r,
            Mod.RoundUp => error > 0 ? MathF.BitIncrement(r) : r,
            _ => value > 0 && error < 0 ? MathF.BitDecrement(r) : value < 0 && error > 0 ? MathF.BitIncrement(r) : r,
        };
    }
}
