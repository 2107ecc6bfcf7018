using System.Numerics;

namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>What cvt must give.</summary>
internal static class ConversionOracle
{
    private static readonly Format Tf32 = new(8, 10);

    public static ulong Compute(string[] parts, ulong[] v)
    {
        bool Has(string part) => Array.IndexOf(parts, part) > 0;
        if (parts[1] == "pack")
        {
            return Pack(parts[3], v);
        }

        string to = parts[^2], from = parts[^1];
        string mode = parts.FirstOrDefault(p => p is "rz" or "rm" or "rp" or "rna") ?? "rn";
        string? integer = parts.FirstOrDefault(p => p is "rni" or "rzi" or "rmi" or "rpi");
        switch (to, from)
        {
            case ("f16x2" or "bf16x2", "f32"):
                string[] one = [.. parts[..^2], to[..^2], from];
                return (Compute(one, [v[0]]) << 16) | Compute(one, [v[1]]);
            case ("e4m3x2" or "e5m2x2", "f32"):
                return ((ulong)ToByte(to, SoftFloat.Decode(Format.F32, v[0]), Has("relu")) << 8) | ToByte(to, SoftFloat.Decode(Format.F32, v[1]), Has("relu"));
            case ("e4m3x2" or "e5m2x2", _):
                return ((ulong)ToByte(to, SoftFloat.Decode(Format.F16, v[0] >> 16), Has("relu")) << 8) | ToByte(to, SoftFloat.Decode(Format.F16, v[0] & 0xffff), Has("relu"));
            case (_, "e4m3x2" or "e5m2x2"):
                return FromByte(from, (byte)v[0], Has("relu")) | (FromByte(from, (byte)(v[0] >> 8), Has("relu")) << 16);
        }

        bool ftz = Has("ftz"), sat = Has("sat");
        if (!from.Contains('f', StringComparison.Ordinal))
        {
            BigInteger value = IntegerOracle.Value(from, v[0]);
            return to.Contains('f', StringComparison.Ordinal)
                ? FloatOracle.Finish(Format.Named(to), SoftFloat.Round(Format.Named(to), SoftFloat.Integer(value), mode), ftz: false, sat, relu: false)
                : Extended(to, sat ? Clamp(value, to) : value);
        }

        var source = Format.Named(from);
        Number n = SoftFloat.Decode(source, ftz && source == Format.F32 ? source.Flush(v[0]) : v[0]);
        if (!to.Contains('f', StringComparison.Ordinal))
        {
            if (n.NaN)
            {
                int bits = IntegerOracle.Bits(to);
                return from == "f64" || bits == 64 ? Extended(to, BigInteger.One << (bits - 1)) : 0;
            }

            (BigInteger low, BigInteger high) = IntegerOracle.Range(to);
            return Extended(to, n.Infinite ? n.Negative ? low : high : Clamp(WholeOf(n, integer!), to));
        }

        if (integer is not null && !n.NaN && !n.Infinite)
        {
            BigInteger whole = WholeOf(n, integer);
            n = SoftFloat.Integer(whole) with { Negative = n.Negative };
        }

        Format target = to == "tf32" ? Tf32 : Format.Named(to);
        if (to == "tf32")
        {
            return n.NaN ? Format.F32.NaN : FloatOracle.Finish(target, SoftFloat.Round(target, n, mode), false, false, Has("relu")) << 13;
        }

        return FloatOracle.Finish(target, SoftFloat.Round(target, n, mode), ftz && target == Format.F32, sat, Has("relu"));
    }

    public static bool Same(string[] parts, ulong expected, ulong got)
    {
        string to = parts[^2];
        bool relu = parts.Contains("relu");
        return expected == got || to switch
        {
            "f64" => Format.F64.IsNaN(expected) && Format.F64.IsNaN(got),
            "f16x2" or "bf16x2" when relu => ((expected ^ got) & 0x7fff7fff) == 0,
            _ when relu => (expected & 0x7fffffff & ~0x8000UL) == 0 && ((expected ^ got) & ~0x80008000UL) == 0,
            _ => false,
        };
    }

    private static BigInteger WholeOf(Number n, string mode)
    {
        (BigInteger magnitude, bool _) = SoftFloat.RoundTo(n, 0, mode[..2]);
        return n.Negative ? -magnitude : magnitude;
    }

    private static BigInteger Clamp(BigInteger v, string type) => BigInteger.Max(IntegerOracle.Range(type).Low, BigInteger.Min(IntegerOracle.Range(type).High, v));

    // A register holds types of 8 bits extended to its 16.
    private static ulong Extended(string type, BigInteger v)
    {
        int bits = IntegerOracle.Bits(type);
        return IntegerOracle.Wrap(IntegerOracle.Value(type, IntegerOracle.Wrap(v, bits)), Math.Max(bits, 16));
    }

    private static ulong Pack(string type, ulong[] v)
    {
        int bits = IntegerOracle.Bits(type);
        BigInteger Part(ulong x) => IntegerOracle.Wrap(Clamp(IntegerOracle.Value("s32", x), type), bits);
        return IntegerOracle.Wrap(Part(v[1]) | (Part(v[0]) << bits) | (bits == 16 ? 0 : (BigInteger)v[2] << (2 * bits)), 32);
    }

    // Saturating to the largest finite number; e4m3 has no infinity and one NaN, e5m2 is like float16.
    private static byte ToByte(string type, Number n, bool relu)
    {
        bool e4m3 = type.StartsWith("e4", StringComparison.Ordinal);
        Format f = e4m3 ? new Format(4, 3) : new Format(5, 2);
        if (n.NaN)
        {
            return 0x7f;
        }

        if (relu && n.Negative)
        {
            return 0;
        }

        // e4m3's top exponent holds numbers up to 448, which the format of IEEE 754 does not have: one more exponent.
        byte largest = e4m3 ? (byte)0x7e : (byte)0x7b;
        byte sign = n.Negative ? (byte)0x80 : (byte)0;
        if (n.Infinite)
        {
            return (byte)(sign | largest);
        }

        ulong wide = SoftFloat.Round(new Format(f.ExponentBits + 1, f.FractionBits), n with { Negative = false, Exponent = n.Exponent - (1 << (f.ExponentBits - 1)) }, "rn");
        ulong subnormal = SoftFloat.RoundTo(n, f.LeastExponent - f.FractionBits, "rn").Value is var steps && steps < BigInteger.One << f.FractionBits ? (ulong)steps : ulong.MaxValue;
        ulong magnitude = subnormal != ulong.MaxValue ? subnormal : wide;
        return (byte)(sign | (byte)Math.Min(magnitude, largest));
    }

    private static ulong FromByte(string type, byte bits, bool relu)
    {
        bool e4m3 = type.StartsWith("e4", StringComparison.Ordinal);
        int fraction = e4m3 ? 3 : 2, exponent = (bits & 0x7f) >> fraction, mantissa = bits & ((1 << fraction) - 1), bias = e4m3 ? 7 : 15;
        bool nan = e4m3 ? (bits & 0x7f) == 0x7f : exponent == 31 && mantissa != 0;
        if (nan)
        {
            return 0x7fff;
        }

        var n = new Number(bits > 127, exponent == 0 ? mantissa : mantissa | (1 << fraction), Math.Max(exponent, 1) - bias - fraction, !e4m3 && exponent == 31, false);
        return FloatOracle.Finish(Format.F16, SoftFloat.Round(Format.F16, n, "rn"), false, false, relu);
    }
}
