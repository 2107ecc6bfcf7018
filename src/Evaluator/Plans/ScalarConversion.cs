using System.Buffers.Binary;
using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Plans.Expressions;

namespace KernelForge.Evaluator.Plans;

/// <summary>Converts a number to a kernel parameter's type, with range checks; nothing is rounded away silently.</summary>
internal static class ScalarConversion
{
    /// <summary>Writes the parameter's bytes.</summary>
    /// <exception cref="PlanException">The value does not fit the type.</exception>
    public static void Write(ScalarArgument argument, KernelParameter parameter, Span<byte> bytes)
    {
        string type = parameter.Element!;
        PlanExpression at = argument.At;
        switch (type)
        {
            case "float":
                float single = (float)Number(argument.Value);
                BinaryPrimitives.WriteSingleLittleEndian(bytes, float.IsFinite(single) ? single : throw DoesNotFit(argument, type));
                break;
            case "double":
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, Number(argument.Value));
                break;
            case "__half":
                Half half = (Half)Number(argument.Value);
                BinaryPrimitives.WriteHalfLittleEndian(bytes, Half.IsFinite(half) ? half : throw DoesNotFit(argument, type));
                break;
            case "__nv_bfloat16":
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, ElementBytes.BFloat16Bits((float)Number(argument.Value)));
                break;
            case "bool":
                bytes[0] = Integer(argument, type, 0, 1) == 0 ? (byte)0 : (byte)1;
                break;
            default:
                WriteInteger(argument, type, bytes, at);
                break;
        }
    }

    private static void WriteInteger(ScalarArgument argument, string type, Span<byte> bytes, PlanExpression at)
    {
        bool unsigned = type.StartsWith("unsigned", StringComparison.Ordinal);
        int bits = bytes.Length * 8;
        Int128 low = unsigned ? 0 : -(Int128.One << (bits - 1));
        Int128 high = (Int128.One << (unsigned ? bits : bits - 1)) - 1;
        long number = Integer(argument, type, low, high);
        Span<byte> all = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(all, number);
        if (bytes.Length > 8)
        {
            throw new PlanException(at, $"a parameter of {bytes.Length} bytes cannot be passed");
        }

        all[..bytes.Length].CopyTo(bytes);
    }

    private static long Integer(ScalarArgument argument, string type, Int128 low, Int128 high)
    {
        long number = argument.Value switch
        {
            Value.Integer integer => integer.Number,
            Value.Bool truth => truth.Truth ? 1 : 0,
            _ => throw new PlanException(argument.At, $"{argument.Value} is a float; the parameter is {type}: use '//' for an integer, or make the parameter float"),
        };
        return number >= low && number <= high
            ? number
            : throw new PlanException(argument.At, $"{number} does not fit {type} ({low} to {high}){(type == "int" ? ": make the parameter long long" : "")}");
    }

    private static double Number(Value value) => value switch
    {
        Value.Integer integer => integer.Number,
        Value.Bool truth => truth.Truth ? 1 : 0,
        Value.Float number => number.Number,
        _ => throw new InvalidOperationException($"{value.Kind} is no number"),
    };

    private static PlanException DoesNotFit(ScalarArgument argument, string type)
        => new(argument.At, $"{argument.Value} does not fit {type}: it would become infinite");
}
