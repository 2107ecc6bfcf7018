using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Contracts.Plans;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Platforms.Sim.Launching;

/// <summary>The elements of a <c>.npy</c> file (NumPy format 1 to 3, C order, little-endian) or of a file of raw little-endian elements.</summary>
/// <param name="Type">Dtype; null for raw elements.</param>
/// <param name="Shape">Elements by dimension; empty for raw elements.</param>
/// <param name="Bytes">The elements.</param>
internal sealed partial record ArgumentFile(string? Type, IReadOnlyList<long> Shape, byte[] Bytes)
{
    /// <summary>Files longer than this are refused.</summary>
    public const long MostBytes = 1L << 30;

    private static readonly Dictionary<string, string> Dtypes = new(StringComparer.Ordinal)
    {
        ["<f8"] = "float64", ["<f4"] = "float32", ["<f2"] = "float16", ["<i8"] = "int64", ["<i4"] = "int32", ["<i2"] = "int16",
        ["|i1"] = "int8", ["<u8"] = "uint64", ["<u4"] = "uint32", ["<u2"] = "uint16", ["|u1"] = "uint8", ["|b1"] = "bool",
    };

    /// <summary>Reads it.</summary>
    /// <exception cref="WrongArgumentException">It cannot be read, or is no such file.</exception>
    public static ArgumentFile Read(string path)
    {
        byte[] bytes;
        try
        {
            using var file = InputFile.OpenRead(path);
            if (file.Length > MostBytes)
            {
                throw new WrongArgumentException($"{path} has {file.Length} bytes; at most {MostBytes} are read", 65);
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WrongArgumentException($"{path} cannot be read: {error.Message}", 65);
        }

        return path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? Npy(path, bytes) : new ArgumentFile(null, [], bytes);
    }

    private static ArgumentFile Npy(string path, byte[] bytes)
    {
        WrongArgumentException Wrong(string what) => new($"{path} is no .npy file that can be used: {what}", 65);
        if (bytes.Length < 12 || bytes[0] != 0x93 || !bytes.AsSpan(1, 5).SequenceEqual("NUMPY"u8))
        {
            throw Wrong("it does not begin with \\x93NUMPY");
        }

        var wide = bytes[6] >= 2;
        var start = wide ? 12 : 10;
        long length = wide ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        if (start + length > bytes.Length)
        {
            throw Wrong("its header is cut off");
        }

        var header = Encoding.UTF8.GetString(bytes, start, (int)length);
        var match = Header().Match(header);
        if (!match.Success)
        {
            throw Wrong($"its header is {header.Trim()}");
        }

        if (!Dtypes.TryGetValue(match.Groups["descr"].Value, out var type))
        {
            throw Wrong($"its elements are '{match.Groups["descr"].Value}'; known: {string.Join(", ", Dtypes.Keys)}");
        }

        if (match.Groups["order"].Value == "True")
        {
            throw Wrong("its elements stand in Fortran order; save numpy.ascontiguousarray(x)");
        }

        var shape = new List<long>();
        foreach (var size in match.Groups["shape"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            shape.Add(long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong($"its shape is ({match.Groups["shape"].Value})"));
        }

        var data = bytes.AsSpan(start + (int)length).ToArray();
        Int128 needed = shape.Aggregate((Int128)PlanDtype.BytesOf(type), (product, size) => product * size);
        return needed == data.Length
            ? new ArgumentFile(type, shape.Count == 0 ? [1] : shape, data)
            : throw Wrong($"its header promises {needed} bytes of elements, {data.Length} follow");
    }

    [GeneratedRegex(@"^\{\s*'descr':\s*'(?<descr>[^']*)',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<shape>[0-9, ]*)\),?\s*\}\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Header();
}
