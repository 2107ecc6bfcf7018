using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Memory.Generators;

/// <summary>float32 to half and bfloat16, sixteen at a time, to nearest even (finite and infinite values; NaN becomes a quiet NaN).</summary>
internal static class FloatNarrowing
{
    /// <summary>Half, subnormals included (F. Giesen's method: a float addition rounds the subnormals).</summary>
    public static Vector256<ushort> ToHalf(Vector512<float> values)
    {
        var bits = values.AsUInt32();
        var sign = bits & Vector512.Create(0x80000000u);
        var magnitude = bits ^ sign;
        var odd = (magnitude >>> 13) & Vector512.Create(1u);
        var normal = (magnitude + Vector512.Create(0xC8000FFFu) + odd) >>> 13;
        var magic = Vector512.Create(126u << 23);
        var subnormal = (magnitude.AsSingle() + magic.AsSingle()).AsUInt32() - magic;
        var result = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(113u << 23)), subnormal, normal);
        var special = Vector512.ConditionalSelect(
            Vector512.GreaterThan(magnitude, Vector512.Create(255u << 23)), Vector512.Create(0x7E00u), Vector512.Create(0x7C00u));
        result = Vector512.ConditionalSelect(
            Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(143u << 23)), special, result);
        return Narrow(result | (sign >>> 16));
    }

    /// <summary>bfloat16.</summary>
    public static Vector256<ushort> ToBFloat16(Vector512<float> values)
    {
        var bits = values.AsUInt32();
        var odd = (bits >>> 16) & Vector512.Create(1u);
        var rounded = (bits + Vector512.Create(0x7FFFu) + odd) >>> 16;
        var nan = Vector512.GreaterThan(bits & Vector512.Create(0x7FFFFFFFu), Vector512.Create(255u << 23));
        return Narrow(Vector512.ConditionalSelect(nan, Vector512.Create(0x7FC0u), rounded));
    }

    private static Vector256<ushort> Narrow(Vector512<uint> words) => Vector256.Narrow(words.GetLower(), words.GetUpper());
}
