using System.Buffers.Binary;
using System.Globalization;
using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Plans.Expressions;

namespace KernelForge.Evaluator.Plans;

/// <summary>A number as the bytes of one element.</summary>
internal static class ElementBytes
{
    /// <summary>The bytes of a fill value.</summary>
    /// <exception cref="PlanException">The dtype cannot hold it.</exception>
    public static byte[] OfFill(Value value, string dtype, PlanExpression at)
    {
        return dtype switch
        {
            "float64" => Bytes(8, b => BinaryPrimitives.WriteDoubleLittleEndian(b, Number(value, at))),
            "float32" => Bytes(4, b => BinaryPrimitives.WriteSingleLittleEndian(b, Narrow(Number(value, at), n => (float)n, dtype, at))),
            "float16" => Bytes(2, b => BinaryPrimitives.WriteHalfLittleEndian(b, (Half)Narrow(Number(value, at), n => (double)(Half)n, dtype, at))),
            "bfloat16" => Bytes(2, b => BinaryPrimitives.WriteUInt16LittleEndian(b, BFloat16Bits((float)Number(value, at)))),
            "float8_e4m3fn" or "float8_e5m2" => Number(value, at) == 0
                ? [0]
                : throw new PlanException(at, $"a {dtype} buffer can only be filled with 0; write other values in a kernel"),
            "bool" => [Integer(value, 0, 1, dtype, at) == 0 ? (byte)0 : (byte)1],
            _ => OfInteger(value, dtype, at),
        };
    }

    /// <summary>Bits of the nearest bfloat16, ties to even.</summary>
    public static ushort BFloat16Bits(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Little-endian bytes of an integer element.</summary>
    public static byte[] OfInteger(Value value, string dtype, PlanExpression at)
    {
        int bytes = PlanDtype.BytesOf(dtype);
        bool signed = dtype[0] == 'i';
        Int128 low = signed ? -(Int128.One << ((bytes * 8) - 1)) : 0;
        Int128 high = (Int128.One << ((bytes * 8) - (signed ? 1 : 0))) - 1;
        long number = Integer(value, low, high, dtype, at);
        byte[] all = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(all, number);
        return all[..bytes];
    }

    private static long Integer(Value value, Int128 low, Int128 high, string dtype, PlanExpression at)
    {
        long number = value switch
        {
            Value.Integer integer => integer.Number,
            Value.Bool truth => truth.Truth ? 1 : 0,
            _ => throw new PlanException(at, $"a {dtype} buffer is filled with an integer; found {value}"),
        };
        return number >= low && number <= high ? number : throw new PlanException(at, $"{number} does not fit {dtype} ({low} to {high})");
    }

    private static double Number(Value value, PlanExpression at) => value switch
    {
        Value.Integer integer => integer.Number,
        Value.Bool truth => truth.Truth ? 1 : 0,
        Value.Float number => number.Number,
        _ => throw new PlanException(at, $"expected a number; found {value}"),
    };

    private static T Narrow<T>(double number, Func<double, T> narrow, string dtype, PlanExpression at)
        where T : struct, IConvertible
    {
        T result = narrow(number);
        return double.IsFinite(number) && !double.IsFinite(result.ToDouble(CultureInfo.InvariantCulture))
            ? throw new PlanException(at, $"{Value.Float.Literal(number)} does not fit {dtype}")
            : result;
    }

    private delegate void Write(Span<byte> bytes);

    private static byte[] Bytes(int count, Write write)
    {
        byte[] bytes = new byte[count];
        write(bytes);
        return bytes;
    }
}
