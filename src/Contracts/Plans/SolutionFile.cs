using System.Buffers;
using System.Text;

namespace KernelForge.Contracts.Plans;

/// <summary>A solution's text and the launch plan comment that it begins with.</summary>
public sealed record SolutionFile
{
    private const string Opening = "/*";
    private const string Keyword = "launch-plan";

    private SolutionFile()
    {
    }

    /// <summary>The file as text, without a byte order mark. Lines are the file's own.</summary>
    public required string Text { get; init; }

    /// <summary>The plan's JSON.</summary>
    public required string PlanJson { get; init; }

    /// <summary>Offset of <see cref="PlanJson"/> in <see cref="Text"/>, in characters.</summary>
    public required int PlanOffset { get; init; }

    /// <summary>Reads a solution's bytes.</summary>
    /// <exception cref="PlanException">Empty, too large, not UTF-8, holding NUL, or without exactly one plan at its beginning.</exception>
    public static SolutionFile Read(ReadOnlySpan<byte> bytes)
    {
        string text = Decode(bytes);
        int start = 0;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        if (start == text.Length)
        {
            throw new PlanException("", "the solution is empty; expected a file that begins with a /*launch-plan … */ comment, followed by device code", 1, 1);
        }

        int body = OpeningAt(text, start);
        if (body < 0)
        {
            int elsewhere = FindOpening(text, start);
            (int line, int column) = LineMap.At(text, elsewhere < 0 ? start : elsewhere);
            throw elsewhere < 0
                ? new PlanException("", "there is no launch plan; a solution begins with a comment /*launch-plan { \"launches\": [ … ] } */ before any code (docs/launch-plan.md)", line, column)
                : new PlanException("", "the launch plan stands here; it must be the first thing in the file, before any code, include or other comment", line, column);
        }

        int end = text.IndexOf("*/", body, StringComparison.Ordinal);
        if (end < 0)
        {
            (int line, int column) = LineMap.At(text, start);
            throw new PlanException("", "the comment /*launch-plan is not closed; end it with */", line, column);
        }

        int second = FindOpening(text, end);
        if (second >= 0)
        {
            (int line, int column) = LineMap.At(text, second);
            throw new PlanException("", "a second launch plan; a solution has exactly one, at its beginning: merge them", line, column);
        }

        return new SolutionFile { Text = text, PlanJson = text[body..end], PlanOffset = body };
    }

    /// <summary>Reads a solution given as text.</summary>
    public static SolutionFile Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > PlanReference.MaxSolutionBytes)
        {
            throw new PlanException($"the solution has {bytes.Length:N0} bytes; the limit is {PlanReference.MaxSolutionBytes:N0} (1 MiB): leave out generated tables and unused code");
        }

        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        int skip = bytes.StartsWith(mark) ? mark.Length : 0;
        bytes = bytes[skip..];
        int nul = bytes.IndexOf((byte)0);
        int valid = ValidUtf8Length(bytes);
        int bad = nul >= 0 && nul < valid ? nul : valid;
        if (bad < bytes.Length)
        {
            string before = Encoding.UTF8.GetString(bytes[..bad]);
            (int line, int column) = LineMap.At(before, before.Length);
            string what = bytes[bad] == 0
                ? "a NUL byte; a solution is text: save it as UTF-8 (not UTF-16) without binary data"
                : $"byte 0x{bytes[bad]:X2} is not UTF-8; save the solution as UTF-8 text";
            throw new PlanException("", what, line, column);
        }

        return Encoding.UTF8.GetString(bytes);
    }

    private static int ValidUtf8Length(ReadOnlySpan<byte> bytes)
    {
        int position = 0;
        while (position < bytes.Length)
        {
            if (Rune.DecodeFromUtf8(bytes[position..], out _, out int consumed) != OperationStatus.Done)
            {
                return position;
            }

            position += consumed;
        }

        return position;
    }

    /// <summary>Where the plan's JSON begins if a plan comment begins at <paramref name="start"/>, else -1.</summary>
    private static int OpeningAt(string text, int start)
    {
        if (string.CompareOrdinal(text, start, Opening, 0, Opening.Length) != 0)
        {
            return -1;
        }

        int position = start + Opening.Length;
        while (position < text.Length && text[position] is ' ' or '\t' or '\r' or '\n')
        {
            position++;
        }

        if (string.CompareOrdinal(text, position, Keyword, 0, Keyword.Length) != 0)
        {
            return -1;
        }

        position += Keyword.Length;
        return position < text.Length && (char.IsLetterOrDigit(text[position]) || text[position] is '-' or '_') ? -1 : position;
    }

    private static int FindOpening(string text, int from)
    {
        for (int at = text.IndexOf(Opening, from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Opening, at + 1, StringComparison.Ordinal))
        {
            if (OpeningAt(text, at) >= 0)
            {
                return at;
            }
        }

        return -1;
    }
}
