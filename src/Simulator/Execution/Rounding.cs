using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Execution;

/// <summary>Directed rounding by correcting the nearest result with its exact error (Knuth's TwoSum, Dekker's product through FMA).</summary>
internal static class Rounding
{
    public static double Add(double a, double b, uint mod)
    {
        double s = a + b;
        if (!double.IsFinite(s))
        {
            return Overflow(s, double.IsFinite(a) && double.IsFinite(b), mod);
        }

        double bb = s - a;
        double error = (a - (s - bb)) + (b - bb);
        if (s == 0 && error == 0 && (mod & Mod.RoundMask) == Mod.RoundDown && a != 0)
        {
            return -0.0;
        }

        return Correct(s, error, mod);
    }

    public static double Multiply(double a, double b, uint mod)
    {
        double p = a * b;
        if (!double.IsFinite(p))
        {
            return Overflow(p, double.IsFinite(a) && double.IsFinite(b), mod);
        }

        return Correct(p, Math.FusedMultiplyAdd(a, b, -p), mod);
    }

    public static double MultiplyAdd(double a, double b, double c, uint mod)
    {
        double r = Math.FusedMultiplyAdd(a, b, c);
        if (!double.IsFinite(r))
        {
            return Overflow(r, double.IsFinite(a) && double.IsFinite(b) && double.IsFinite(c), mod);
        }

        // The sign of (a·b + c) − r: product as two doubles, sums without error.
        double p = a * b;
        double pe = Math.FusedMultiplyAdd(a, b, -p);
        double s = p + c;
        double bb = s - p;
        double se = (p - (s - bb)) + (c - bb);
        double error = (s - r) + (se + pe);
        return Correct(r, error, mod);
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
