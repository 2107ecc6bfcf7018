using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>The two 8-bit formats (OCP FP8): e4m3 without infinities, e5m2 as float16's upper byte. Always two in a register, the first operand above.</summary>
internal static class Fp8
{
    private const byte NaN = 0x7f;
    private const double LargestE4M3 = 448;
    private const double LargestE5M2 = 57344;

    /// <summary><c>cvt</c> between pairs of bytes and pairs of halves or two floats (PTX ISA §9.7.9.21).</summary>
    public static ulong Convert(PtxType to, PtxType from, uint mod, ulong a, ulong b) => (to, from) switch
    {
        (PtxType.F16x2, _) => Half(from, (byte)a, mod) | ((uint)Half(from, (byte)(a >> 8), mod) << 16),
        (_, PtxType.F32) => (uint)(Pack(to, mod, Conversion.ToDouble(from, a)) << 8) | Pack(to, mod, Conversion.ToDouble(from, b)),
        _ => (uint)(Pack(to, mod, Conversion.ToDouble(PtxType.F16, a >> 16)) << 8) | Pack(to, mod, Conversion.ToDouble(PtxType.F16, a)),
    };

    /// <summary>e4m3: exponent of 4 bits with bias 7, mantissa of 3, one NaN of each sign.</summary>
    public static float FromE4M3(byte bits)
    {
        int exponent = (bits >> 3) & 15;
        int mantissa = bits & 7;
        float magnitude = exponent == 15 && mantissa == 7 ? float.NaN
            : exponent == 0 ? mantissa / 512f
            : MathF.ScaleB(1 + (mantissa / 8f), exponent - 7);
        return bits > 127 ? -magnitude : magnitude;
    }

    /// <summary>e5m2: float16 without its lower byte.</summary>
    public static float FromE5M2(byte bits) => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8));

    private static ushort Half(PtxType from, byte bits, uint mod)
    {
        float value = from == PtxType.E4M3x2 ? FromE4M3(bits) : FromE5M2(bits);
        return float.IsNaN(value) ? (ushort)0x7fff
            : (mod & Mod.Relu) != 0 && value < 0 ? (ushort)0
            : BitConverter.HalfToUInt16Bits((Half)value);
    }

    // To nearest even, clamped to the largest finite value: the only form there is.
    private static byte Pack(PtxType to, uint mod, double value)
    {
        if (double.IsNaN(value))
        {
            return NaN;
        }

        if ((mod & Mod.Relu) != 0 && value <= 0)
        {
            return 0;
        }

        (int digits, int least, double largest) = to == PtxType.E4M3x2 ? (3, -6, LargestE4M3) : (2, -14, LargestE5M2);
        double magnitude = Math.Min(Math.Abs(value), 2 * largest);
        int exponent = magnitude == 0 ? least : Math.Max(least, Math.ILogB(magnitude));
        double quantum = Math.ScaleB(1, exponent - digits);
        double rounded = Math.Min(largest, Math.Round(magnitude / quantum, MidpointRounding.ToEven) * quantum);

        // The pattern of a magnitude is the number of steps below it: subnormals first, then 2^digits for each exponent.
        exponent = rounded == 0 ? least : Math.Max(least, Math.ILogB(rounded));
        int steps = (int)(rounded / Math.ScaleB(1, exponent - digits)) + ((exponent - least) << digits);
        return (byte)(steps | (double.IsNegative(value) ? 0x80 : 0));
    }
}
