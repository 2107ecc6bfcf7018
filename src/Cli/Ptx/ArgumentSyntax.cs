using System.Globalization;
using System.Text.RegularExpressions;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Ptx;

/// <summary>
/// A kernel's argument on the command line: <c>int:5</c>, <c>1.5</c>, <c>float32[1024]=random</c>, <c>float32[64x64]=?</c>,
/// <c>@x.npy</c>, <c>null</c>.
/// </summary>
internal static partial class ArgumentSyntax
{
    /// <summary>The grammar, for help texts.</summary>
    public const string Help = """
        An argument, one for each parameter, in order:
          5   1.5   0x10        a number, converted to the parameter's type
          int:5   float:1.5     a number of a type
          TYPE[SHAPE]=FILL      a buffer; SHAPE is 1024, 64x64 or 1M (K and M are 1024 and 1048576)
            =?                  an output: nothing in it counts as written
            =zeros  =ones  =constant:1.5
            =iota  =iota:10     0, 1, 2, … or from 10 on
            =random  =random:-1:1   uniform; by default floats in [0, 1), integers below 100
            =@FILE              a .npy file, or raw little-endian elements
          @x.npy                a buffer with the file's type and shape
          null                  a null pointer
          map:BOX:BUFFER        a tensor map (const __grid_constant__ CUtensorMap) over any of the buffers above, with boxes
                                such as 32x32, or 64x64/128 with a swizzle of 32, 64 or 128 bytes
        Types: float64 float32 float16 bfloat16 float8_e4m3fn float8_e5m2 int8…int64 uint8…uint64 bool; int, float, double, half.
        """;

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["int"] = "int32", ["uint"] = "uint32", ["long"] = "int64", ["float"] = "float32", ["double"] = "float64", ["half"] = "float16",
    };

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says what was expected.</exception>
    public static PtxArgument Parse(string text)
    {
        if (text == "null")
        {
            return new PtxArgument { Text = text, Fill = PtxFill.Null };
        }

        if (Map().Match(text) is { Success: true } map)
        {
            return OfMap(text, map.Groups["box"].Value, map.Groups["swizzle"].Value, map.Groups["buffer"].Value);
        }

        if (text.StartsWith('@'))
        {
            return new PtxArgument { Text = text, Fill = PtxFill.File, File = FileOf(text) };
        }

        if (Buffer().Match(text) is { Success: true } buffer)
        {
            return OfBuffer(text, TypeOf(buffer.Groups["type"].Value), buffer.Groups["shape"].Value, buffer.Groups["fill"].Value);
        }

        if (Scalar().Match(text) is { Success: true } scalar && IsNumber(scalar.Groups["digits"].Value))
        {
            var type = scalar.Groups["type"].Value;
            return new PtxArgument { Text = text, Fill = PtxFill.Scalar, Type = type.Length == 0 ? null : TypeOf(type), Value = scalar.Groups["digits"].Value };
        }

        throw new FormatException($"expected a number (5, float:1.5), a buffer (float32[1024]=random), a file (@x.npy) or null{(text.Contains('[', StringComparison.Ordinal) && !text.Contains('=', StringComparison.Ordinal) ? "; what does the buffer hold? =? for an output, =random, =zeros, …" : "")}");
    }

    /// <summary>Reads a size in one to three dimensions: <c>64</c>, <c>64,2</c>, <c>16x16x1</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<int> ParseSize(string text)
    {
        var parts = text.Split(',', 'x');
        return parts.Length is >= 1 and <= 3 && parts.All(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0)
            ? [.. parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture))]
            : throw new FormatException($"expected one to three positive numbers, as in 64 or 16,16; found '{text}'");
    }

    private static PtxArgument OfMap(string text, string box, string swizzle, string buffer)
    {
        var inner = Parse(buffer);
        var extents = box.Split('x', ',').Select(Extent).ToList();
        if (inner.Fill is PtxFill.Scalar or PtxFill.Null || inner.Box is not null)
        {
            throw new FormatException("a tensor map is made over a buffer, as in map:32x32:float32[64x64]=random");
        }

        if (extents.Exists(extent => extent is < 1 or > 256) || (inner.Shape.Count > 0 && inner.Shape.Count != extents.Count))
        {
            throw new FormatException($"the box '{box}' needs one extent of 1 to 256 for each dimension of the buffer");
        }

        return inner with
        {
            Text = text,
            Box = [.. extents.Select(extent => (int)extent)],
            SwizzleBytes = swizzle switch { "" => 0, "32" => 32, "64" => 64, "128" => 128, _ => throw new FormatException($"a swizzle has 32, 64 or 128 bytes; found '{swizzle}'") },
        };
    }

    private static PtxArgument OfBuffer(string text, string type, string shape, string fill)
    {
        var file = fill.StartsWith('@');
        if (shape.Length == 0 && !file)
        {
            throw new FormatException("how many elements? Only a file tells its size: write float32[1024]=…");
        }

        var argument = new PtxArgument { Text = text, Fill = PtxFill.Constant, Type = type, Shape = shape.Length == 0 ? [] : [.. shape.Split('x', ',').Select(Extent)] };
        var words = fill.Split(':');
        var integer = !type.Contains("float", StringComparison.Ordinal);
        return (words[0], words.Length) switch
        {
            _ when file => argument with { Fill = PtxFill.File, File = FileOf(fill) },
            ("?", 1) => argument with { Fill = PtxFill.Output },
            ("zeros", 1) => argument,
            ("ones", 1) => argument with { Low = 1 },
            ("constant", 2) => argument with { Low = Number(words[1]) },
            ("iota", 1) => argument with { Fill = PtxFill.Iota },
            ("iota", 2) => argument with { Fill = PtxFill.Iota, Low = Number(words[1]) },
            ("random", 1) => argument with { Fill = PtxFill.Random, High = !integer ? 1 : type == "bool" ? 2 : 100 },
            ("random", 3) => Random(argument, Number(words[1]), Number(words[2])),
            _ => throw new FormatException($"'{fill}' is no contents; known: ?, zeros, ones, constant:V, iota, iota:FROM, random, random:LOW:HIGH, @FILE"),
        };
    }

    private static PtxArgument Random(PtxArgument argument, double low, double high) => double.IsFinite(low) && double.IsFinite(high) && low < high
        ? argument with { Fill = PtxFill.Random, Low = low, High = high }
        : throw new FormatException("random:LOW:HIGH needs two finite numbers, the lower first");

    private static long Extent(string text)
    {
        var unit = text.Length == 0 ? 1 : text[^1] switch { 'K' => 1L << 10, 'M' => 1L << 20, _ => 1 };
        var digits = unit == 1 ? text : text[..^1];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size >= 0 && size <= (1L << 40) / unit
            ? size * unit
            : throw new FormatException($"'{text}' is no number of elements");
    }

    private static string TypeOf(string text)
    {
        var name = Aliases.GetValueOrDefault(text, text);
        return PlanDtype.Find(name) is not null
            ? name
            : throw new FormatException($"'{text}' is no type; known: {string.Join(", ", PlanReference.Dtypes.Select(dtype => dtype.Name))}, {string.Join(", ", Aliases.Keys)}");
    }

    private static string FileOf(string text) => text.Length > 1
        ? Path.GetFullPath(text[1..])
        : throw new FormatException("the file's name is missing behind @");

    private static bool IsNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
        || (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _));

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"'{text}' is no number");

    [GeneratedRegex(@"^(?<type>[a-z][a-z0-9_]*)\[(?<shape>[^\]]*)\]=(?<fill>.+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Buffer();

    [GeneratedRegex(@"^map:(?<box>[^:/]+)(/(?<swizzle>[^:]*))?:(?<buffer>.+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Map();

    [GeneratedRegex(@"^((?<type>[a-z][a-z0-9_]*):)?(?<digits>[^:\[\]=]+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Scalar();
}
