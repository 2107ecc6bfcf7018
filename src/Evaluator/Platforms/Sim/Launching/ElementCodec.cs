using System.Buffers.Binary;
using System.Globalization;
using KernelForge.Evaluator.Plans;

namespace KernelForge.Evaluator.Platforms.Sim.Launching;

/// <summary>Numbers to little-endian elements of a dtype and back. A float64 holds every element that is made up here exactly; text keeps 64-bit integers whole.</summary>
internal static class ElementCodec
{
    /// <summary>Writes one element.</summary>
    /// <exception cref="WrongArgumentException">The dtype cannot hold it.</exception>
    public static void Write(double value, string dtype, Span<byte> element)
    {
        switch (dtype)
        {
            case "float64":
                BinaryPrimitives.WriteDoubleLittleEndian(element, value);
                break;
            case "float32":
                BinaryPrimitives.WriteSingleLittleEndian(element, (float)value);
                break;
            case "float16":
                BinaryPrimitives.WriteHalfLittleEndian(element, (Half)value);
                break;
            case "bfloat16":
                BinaryPrimitives.WriteUInt16LittleEndian(element, ElementBytes.BFloat16Bits((float)value));
                break;
            case "float8_e4m3fn" or "float8_e5m2":
                element[0] = value == 0 ? (byte)0 : throw new WrongArgumentException($"a {dtype} buffer can only be made of zeros, be an output, or come from a file");
                break;
            default:
                WriteInteger((Int128)value, dtype, element);
                break;
        }
    }

    /// <summary>Writes one element from its digits.</summary>
    /// <exception cref="WrongArgumentException">No number, or none that the dtype can hold.</exception>
    public static void Write(string digits, string dtype, Span<byte> element)
    {
        if (IsInteger(dtype))
        {
            var hexadecimal = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
            if (!(hexadecimal
                ? Int128.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var integer)
                : Int128.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out integer)))
            {
                throw new WrongArgumentException($"'{digits}' is no integer, which {dtype} needs");
            }

            WriteInteger(integer, dtype, element);
        }
        else if (double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            Write(number, dtype, element);
        }
        else
        {
            throw new WrongArgumentException($"'{digits}' is no number, which {dtype} needs");
        }
    }

    /// <summary>An element's value; 64-bit integers are rounded.</summary>
    public static double Read(string dtype, ReadOnlySpan<byte> element) => dtype switch
    {
        "float64" => BinaryPrimitives.ReadDoubleLittleEndian(element),
        "float32" => BinaryPrimitives.ReadSingleLittleEndian(element),
        "float16" => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
        "bfloat16" => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
        _ => (double)ReadInteger(dtype, element),
    };

    /// <summary>An element as people read it.</summary>
    public static string Show(string dtype, ReadOnlySpan<byte> element)
    {
        if (IsInteger(dtype))
        {
            return ReadInteger(dtype, element).ToString(CultureInfo.InvariantCulture);
        }

        if (dtype.StartsWith("float8", StringComparison.Ordinal))
        {
            return "0x" + element[0].ToString("x2", CultureInfo.InvariantCulture);
        }

        var value = Read(dtype, element);
        return double.IsNaN(value) ? "nan"
            : double.IsInfinity(value) ? (value > 0 ? "inf" : "-inf")
            : value.ToString(dtype == "float64" ? "G17" : dtype == "float32" ? "G9" : "G5", CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a dtype's elements are whole numbers.</summary>
    public static bool IsInteger(string dtype) => !dtype.Contains("float", StringComparison.Ordinal);

    private static void WriteInteger(Int128 value, string dtype, Span<byte> element)
    {
        var bits = element.Length * 8;
        var (low, high) = dtype == "bool" ? (0, 1)
            : dtype[0] == 'u' ? (0, (Int128.One << bits) - 1)
            : (-(Int128.One << (bits - 1)), (Int128.One << (bits - 1)) - 1);
        if (value < low || value > high)
        {
            throw new WrongArgumentException($"{value} does not fit {dtype} ({low} to {high})");
        }

        Span<byte> all = stackalloc byte[16];
        BinaryPrimitives.WriteInt128LittleEndian(all, value);
        all[..element.Length].CopyTo(element);
    }

    private static Int128 ReadInteger(string dtype, ReadOnlySpan<byte> element)
    {
        Span<byte> all = stackalloc byte[16];
        all.Fill(dtype[0] == 'i' && (element[^1] & 0x80) != 0 ? (byte)0xff : (byte)0);
        element.CopyTo(all);
        return BinaryPrimitives.ReadInt128LittleEndian(all);
    }
}
