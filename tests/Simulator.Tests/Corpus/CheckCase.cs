using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelForge.Simulator.Tests.Corpus;

/// <summary>
/// One kernel of the corpus under <c>checks/</c>: how to launch it and what must come of it, read from comments in its own source.
/// <code>
/// // kernel: NAME grid=X[,Y[,Z]] block=X[,Y[,Z]] [shared=BYTES] [cooperative] [budget=LANE_INSTRUCTIONS] [completion=HOW]
/// // arg: TYPE* NAME COUNT in|inout|out|scratch|freed [iota|zero]     a buffer; in is read-only, out must be written whole
/// // arg: TYPE* NAME null        // arg: TYPE NAME = VALUE
/// // result: NAME = REFERENCE(BUFFER, …, NUMBER, …)                   see CheckReferences
/// // expect-unwritten: NAME[ELEMENT]
/// … // expect: KIND [PLACE [with @LABEL]]      on the line of the finding; PLACE is a buffer, or a buffer and [element]
/// … // @LABEL                                  the line of a race's other access
/// … // stands: STATE                           where a warp stands when the launch is given up
/// </code>
/// </summary>
internal sealed partial record CheckCase(string Name, string Ptx)
{
    public string Kernel { get; private init; } = "";

    public int[] Grid { get; private init; } = [1, 1, 1];

    public int[] Block { get; private init; } = [1, 1, 1];

    public IReadOnlyDictionary<string, string> Options { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IReadOnlyList<CheckArgument> Arguments { get; private init; } = [];

    public IReadOnlyList<ExpectedFinding> Findings { get; private init; } = [];

    public IReadOnlyList<string> Unwritten { get; private init; } = [];

    public IReadOnlyList<(int Line, string State)> Stands { get; private init; } = [];

    /// <summary>Output, reference, and the names and numbers that it is given.</summary>
    public IReadOnlyList<(string Output, string Reference, string[] Inputs)> Results { get; private init; } = [];

    public long Option(string name, long absent) => Options.TryGetValue(name, out string? text) ? long.Parse(text, CultureInfo.InvariantCulture) : absent;

    public static string Folder(string kind) => Path.Combine(AppContext.BaseDirectory, "checks", kind);

    public static CheckCase Read(string kind, string name)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Folder(kind), name + ".cu"));
        string ptx = File.ReadAllText(Path.Combine(Folder(kind), name + ".ptx"));
        string[] launch = Header(lines, "kernel").Single().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> options = launch.Skip(1).Select(o => o.Split('=')).ToDictionary(o => o[0], o => o.Length > 1 ? o[1] : "1", StringComparer.Ordinal);
        Dictionary<string, int> labels = Enumerable.Range(0, lines.Length).SelectMany(i => LabelPattern().Matches(lines[i]).Select(m => (Label: m.Groups["label"].Value, Line: i + 1)))
            .ToDictionary(l => l.Label, l => l.Line, StringComparer.Ordinal);
        return new CheckCase(name, ptx)
        {
            Kernel = launch[0],
            Grid = Three(options["grid"]),
            Block = Three(options["block"]),
            Options = options,
            Arguments = [.. Header(lines, "arg").Select(CheckArgument.Parse)],
            Unwritten = [.. Header(lines, "expect-unwritten")],
            Results = [.. Header(lines, "result").Select(r => ResultPattern().Match(r)).Select(m => (m.Groups["output"].Value, m.Groups["reference"].Value, m.Groups["inputs"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))],
            Findings = [.. Comments(lines, "expect").Select(c => ExpectedFinding.Parse(c.Line, c.Text, labels))],
            Stands = [.. Comments(lines, "stands")],
        };
    }

    private static IEnumerable<string> Header(string[] lines, string key) =>
        lines.Where(l => l.StartsWith($"// {key}: ", StringComparison.Ordinal)).Select(l => l[(key.Length + 5)..].Trim());

    private static IEnumerable<(int Line, string Text)> Comments(string[] lines, string key) =>
        Enumerable.Range(0, lines.Length).Where(i => !lines[i].StartsWith("//", StringComparison.Ordinal))
            .SelectMany(i => lines[i].Split("//").Skip(1).Select(c => c.Trim()).Where(c => c.StartsWith(key + ": ", StringComparison.Ordinal)).Select(c => (i + 1, c[(key.Length + 2)..])));

    private static int[] Three(string text)
    {
        int[] given = [.. text.Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
        return [given[0], given.ElementAtOrDefault(1) is > 0 and var y ? y : 1, given.ElementAtOrDefault(2) is > 0 and var z ? z : 1];
    }

    [GeneratedRegex(@"// @(?<label>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LabelPattern();

    [GeneratedRegex(@"^(?<output>\w+) = (?<reference>\w+)\((?<inputs>.*)\)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ResultPattern();
}

/// <summary>One parameter of a kernel of the corpus.</summary>
internal sealed record CheckArgument(string Type, string Name, long Count, string Use, string Fill)
{
    public bool IsPointer => Use != "value";

    public int Size => Type switch { "uchar" or "char" => 1, "short" or "ushort" or "half" => 2, "double" or "longlong" or "ulonglong" => 8, _ => 4 };

    public static CheckArgument Parse(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string type = words[0].TrimEnd('*');
        if (words[2] == "=")
        {
            return new CheckArgument(type, words[1], long.Parse(words[3], CultureInfo.InvariantCulture), "value", "");
        }

        return words[2] == "null"
            ? new CheckArgument(type, words[1], 0, "null", "")
            : new CheckArgument(type, words[1], long.Parse(words[2], CultureInfo.InvariantCulture), words[3], words.ElementAtOrDefault(4) ?? "");
    }

    /// <summary>What an initialised buffer holds: small whole numbers, so that sums are exact in any order.</summary>
    public double[] Values() =>
        [.. Enumerable.Range(0, (int)Count).Select(i => Fill switch { "iota" => i, "zero" => 0.0, _ => (((i * 7919L) + 13) % 61) - (Type[0] == 'u' || Size == 1 ? 0 : 20) })];

    public byte[] Bytes(double value) => Type switch
    {
        "uchar" or "char" => [(byte)(int)value],
        "short" or "ushort" => BitConverter.GetBytes((short)value),
        "half" => BitConverter.GetBytes((Half)value),
        "float" => BitConverter.GetBytes((float)value),
        "double" => BitConverter.GetBytes(value),
        "longlong" or "ulonglong" => BitConverter.GetBytes((long)value),
        _ => BitConverter.GetBytes((int)value),
    };

    public double Value(ReadOnlySpan<byte> bytes) => Type switch
    {
        "uchar" => bytes[0],
        "char" => (sbyte)bytes[0],
        "short" => BitConverter.ToInt16(bytes),
        "ushort" => BitConverter.ToUInt16(bytes),
        "half" => (double)BitConverter.ToHalf(bytes),
        "float" => BitConverter.ToSingle(bytes),
        "double" => BitConverter.ToDouble(bytes),
        "longlong" or "ulonglong" => BitConverter.ToInt64(bytes),
        "uint" => BitConverter.ToUInt32(bytes),
        _ => BitConverter.ToInt32(bytes),
    };
}

/// <summary>A finding as a source's comment tells it; null parts are left open.</summary>
internal sealed partial record ExpectedFinding(int Line, string Kind, string? Buffer, long? Element, int? OtherLine)
{
    public static ExpectedFinding Parse(int line, string text, IReadOnlyDictionary<string, int> labels)
    {
        Match m = Pattern().Match(text);
        Assert.True(m.Success, $"line {line}: 'expect: {text}' is not KIND [PLACE [with @LABEL]]");
        bool placed = m.Groups["element"].Success && (m.Groups["kind"].Value != "race" || m.Groups["other"].Success);
        Assert.True(placed || m.Groups["kind"].Value is not ("race" or "uninitialised_read"), $"line {line}: 'expect: {text}' must name the element, and a race the other line");
        return new ExpectedFinding(
            line, m.Groups["kind"].Value, m.Groups["buffer"] is { Success: true } b ? b.Value : null,
            m.Groups["element"] is { Success: true } e ? long.Parse(e.Value, CultureInfo.InvariantCulture) : null, m.Groups["other"] is { Success: true } o ? labels[o.Value] : null);
    }

    public bool Fits(Simulator.Checks.Finding f) =>
        f.SourceLine == Line && f.KindName == Kind && (Buffer is null || Buffer == f.Buffer) && (Element is null || Element == f.ElementIndex) && (OtherLine is null || OtherLine == f.OtherLine);

    [GeneratedRegex(@"^(?<kind>\w+)( (?<buffer>[a-z]\w*( memory)?)(\[(?<element>-?\d+)\])?( with @(?<other>\w+))?)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
