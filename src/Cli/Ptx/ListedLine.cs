using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Ptx;

/// <summary>A line of a listing with what it did.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Text">Without its end.</param>
/// <param name="SourceLine">The source line it belongs to; 0: none.</param>
/// <param name="Counters">Null where it holds no instruction of the kernel.</param>
internal sealed record ListedLine(int Number, string Text, int SourceLine, PtxLine? Counters)
{
    /// <summary>The PTX of the functions that ran, without line directives and empty lines.</summary>
    public static IReadOnlyList<ListedLine> OfPtx(PtxText module, PtxLaunchReport launch)
    {
        var text = Lines(module.Ptx);
        if (launch.PtxLines.Count == 0)
        {
            return [];
        }

        var first = launch.PtxLines[0].Line;
        while (first > 1 && !IsFunctionHead(text[first - 1]))
        {
            first--;
        }

        var last = launch.PtxLines[^1].Line;
        while (last < text.Length && text[last - 1].Trim() != "}")
        {
            last++;
        }

        var counters = launch.PtxLines.ToDictionary(line => line.Line);
        return
        [
            .. Enumerable.Range(first, last - first + 1)
                .Where(number => text[number - 1].Trim() is { Length: > 0 } line && !line.StartsWith(".loc", StringComparison.Ordinal) && !line.StartsWith("//", StringComparison.Ordinal))
                .Select(number => new ListedLine(number, Tidy(text[number - 1]), counters.GetValueOrDefault(number)?.SourceLine ?? 0, counters.GetValueOrDefault(number))),
        ];
    }

    /// <summary>The source; empty where it is not at hand.</summary>
    public static IReadOnlyList<ListedLine> OfSource(PtxText module, PtxLaunchReport launch)
    {
        if (module.Source is not { } source)
        {
            return [];
        }

        var counters = launch.SourceLines.ToDictionary(line => line.Line);
        return [.. Lines(source).Select((line, at) => new ListedLine(at + 1, line.Replace("\t", "    ", StringComparison.Ordinal), counters.ContainsKey(at + 1) ? at + 1 : 0, counters.GetValueOrDefault(at + 1)))];
    }

    private static bool IsFunctionHead(string line) => line.Contains(".entry", StringComparison.Ordinal) || line.Contains(".func", StringComparison.Ordinal);

    /// <summary>NVRTC indents by tabs and aligns operands by one: two blanks and one take less room.</summary>
    private static string Tidy(string line) => (line.StartsWith('\t') ? "  " : "") + line.Trim().Replace('\t', ' ').Replace("  ", " ", StringComparison.Ordinal);

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
