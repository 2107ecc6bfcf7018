using System.Buffers.Binary;

namespace KernelForge.Evaluator.Correctness;

/// <summary>Reads elements of little-endian tensors as doubles, and rounds doubles as a dtype would hold them.</summary>
internal static class ElementReader
{
    /// <summary>Bytes an element.</summary>
    /// <exception cref="ArgumentException">An unknown dtype.</exception>
    public static int Size(string dtype) => dtype switch
    {
        "float64" or "int64" => 8,
        "float32" or "int32" => 4,
        "float16" or "bfloat16" or "int16" => 2,
        "int8" or "uint8" or "bool" => 1,
        _ => throw new ArgumentException($"dtype '{dtype}' is not one of float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool", nameof(dtype)),
    };

    /// <summary>Whether tolerance applies; other dtypes are compared exactly.</summary>
    public static bool IsFloating(string dtype) => dtype is "float64" or "float32" or "float16" or "bfloat16";

    /// <summary>Element <paramref name="index"/> of a floating tensor.</summary>
    public static double Floating(ReadOnlySpan<byte> bytes, string dtype, long index) => dtype switch
    {
        "float32" => BinaryPrimitives.ReadSingleLittleEndian(bytes[(int)(index * 4)..]),
        "float64" => BinaryPrimitives.ReadDoubleLittleEndian(bytes[(int)(index * 8)..]),
        "float16" => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes[(int)(index * 2)..]),
        "bfloat16" => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(int)(index * 2)..]) << 16),
        _ => throw new ArgumentException($"'{dtype}' is no floating dtype", nameof(dtype)),
    };

    /// <summary>Element <paramref name="index"/> of an integer or bool tensor.</summary>
    public static long Integer(ReadOnlySpan<byte> bytes, string dtype, long index) => dtype switch
    {
        "int64" => BinaryPrimitives.ReadInt64LittleEndian(bytes[(int)(index * 8)..]),
        "int32" => BinaryPrimitives.ReadInt32LittleEndian(bytes[(int)(index * 4)..]),
        "int16" => BinaryPrimitives.ReadInt16LittleEndian(bytes[(int)(index * 2)..]),
        "int8" => (sbyte)bytes[(int)index],
        "uint8" or "bool" => bytes[(int)index],
        _ => throw new ArgumentException($"'{dtype}' is no integer dtype", nameof(dtype)),
    };

    /// <summary>The value that <paramref name="dtype"/> holds for <paramref name="value"/>: overflow becomes infinity.</summary>
    public static double RoundTo(string dtype, double value) => dtype switch
    {
        "float32" => (float)value,
        "float16" => (double)(Half)value,
        "bfloat16" => RoundToBfloat16(value),
        _ => value,
    };

    private static double RoundToBfloat16(double value)
    {
        var single = (float)value;
        if (!float.IsFinite(single))
        {
            return single;
        }

        var bits = BitConverter.SingleToUInt32Bits(single);
        bits += 0x7FFFu + ((bits >> 16) & 1u);
        return BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000u);
    }
}
