using System.Text.RegularExpressions;

namespace KernelForge.Agents.Coding;

/// <summary>An edit of an earlier solution, and what became of it.</summary>
/// <param name="Code">The solution after it; null where it was rejected.</param>
/// <param name="Problem">Why it was rejected, with hunk and line; null where it was applied.</param>
internal sealed record EditResult(string? Code, string? Problem);

/// <summary>
/// Answers that change the earlier solution instead of repeating it: unified diffs, and blocks of SEARCH and REPLACE. The old lines must stand in
/// the solution exactly, at the stated line or at one place only; nothing is guessed.
/// </summary>
internal static partial class SolutionEdit
{
    private const int MostChanges = 1000;
    private const string SearchMark = "<<<<<<< SEARCH";
    private const string MiddleMark = "=======";
    private const string ReplaceMark = ">>>>>>> REPLACE";

    /// <summary>Whether a text is an edit.</summary>
    public static bool IsEdit(string text)
    {
        var lines = text.Split('\n');
        return Array.Exists(lines, line => line.TrimEnd() == SearchMark) || (Array.Exists(lines, line => HunkHead().IsMatch(line)) && Array.Exists(lines, IsChange));
    }

    /// <summary>Applies an edit.</summary>
    /// <param name="text">The edit; its parts are applied in order.</param>
    /// <param name="earlier">The solution that it changes; null: there is none.</param>
    public static EditResult Apply(string text, string? earlier)
    {
        if (earlier is null)
        {
            return new EditResult(null, "the answer changes an earlier solution, and there is none");
        }

        var lines = text.Split('\n');
        IReadOnlyList<Change> changes;
        try
        {
            changes = Array.Exists(lines, line => line.TrimEnd() == SearchMark) ? ReadBlocks(lines) : ReadHunks(lines);
        }
        catch (FormatException exception)
        {
            return new EditResult(null, exception.Message);
        }

        if (changes.Count > MostChanges)
        {
            return new EditResult(null, $"it has {changes.Count} parts; at most {MostChanges} are applied");
        }

        var code = earlier.TrimEnd('\n').Split('\n').ToList();
        var shift = 0;
        foreach (var change in changes)
        {
            var (at, problem) = Find(code, change, shift);
            if (problem is not null)
            {
                return new EditResult(null, problem);
            }

            code.RemoveRange(at, change.Old.Count);
            code.InsertRange(at, change.New);
            shift += change.New.Count - change.Old.Count;
        }

        return new EditResult(string.Join('\n', code) + "\n", null);
    }

    private static (int At, string? Problem) Find(List<string> code, Change change, int shift)
    {
        if (change.Line is { } line && Stands(code, change.Old, line - 1 + shift))
        {
            return (line - 1 + shift, null);
        }

        if (change.Old.Count == 0)
        {
            return (-1, $"{change.Name} only adds lines and does not say after which; give a line of context");
        }

        var places = Enumerable.Range(0, Math.Max(0, code.Count - change.Old.Count + 1)).Where(at => Stands(code, change.Old, at)).ToList();
        return places.Count switch
        {
            1 => (places[0], null),
            > 1 => (-1, $"{change.Name}: its lines stand at {places.Count} places of the solution (lines {string.Join(", ", places.Take(5).Select(at => at + 1))}); give more context"),
            _ => (-1, $"{change.Name}: {Missing(code, change)}"),
        };
    }

    private static bool Stands(List<string> code, IReadOnlyList<string> old, int at)
    {
        if (at < 0 || at + old.Count > code.Count)
        {
            return false;
        }

        for (var i = 0; i < old.Count; i++)
        {
            if (code[at + i] != old[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The first old line that does not follow the longest part that stands somewhere.</summary>
    private static string Missing(List<string> code, Change change)
    {
        var (best, length) = (-1, -1);
        for (var at = 0; at < code.Count; at++)
        {
            var same = 0;
            while (same < change.Old.Count && at + same < code.Count && code[at + same] == change.Old[same])
            {
                same++;
            }

            if (same > length)
            {
                (best, length) = (at, same);
            }
        }

        var expected = $"its line {length + 1}, '{Short(change.Old[length])}', is not in the solution";
        return length == 0 ? expected : best + length < code.Count ? $"{expected} at line {best + length + 1}, where '{Short(code[best + length])}' stands" : $"{expected}, which ends before it";
    }

    private static string Short(string line) => line.Length <= 80 ? line : line[..80] + "…";

    private static List<Change> ReadBlocks(string[] lines)
    {
        List<Change> changes = [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimEnd() != SearchMark)
            {
                continue;
            }

            var name = $"block {changes.Count + 1}";
            var middle = Array.FindIndex(lines, i, line => line.TrimEnd() == MiddleMark);
            var end = middle < 0 ? -1 : Array.FindIndex(lines, middle, line => line.TrimEnd() == ReplaceMark);
            if (end < 0)
            {
                throw new FormatException($"{name} has no {(middle < 0 ? MiddleMark : ReplaceMark)} line");
            }

            changes.Add(new Change(name, null, lines[(i + 1)..middle], lines[(middle + 1)..end]));
            i = end;
        }

        return changes;
    }

    private static List<Change> ReadHunks(string[] lines)
    {
        List<Change> changes = [];
        for (var i = 0; i < lines.Length; i++)
        {
            var head = HunkHead().Match(lines[i]);
            if (!head.Success)
            {
                continue;
            }

            List<string> old = [];
            List<string> @new = [];
            var name = $"hunk {changes.Count + 1}";
            int? line = head.Groups["line"].Success ? int.Parse(head.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture) : null;
            List<string> body = [];
            while (i + 1 < lines.Length && !EndsHunk(lines[i + 1]))
            {
                body.Add(lines[++i]);
            }

            while (body.Count > 0 && body[^1].Length == 0)
            {
                // Between hunks, not in them: an empty line of the file begins with a blank.
                body.RemoveAt(body.Count - 1);
            }

            foreach (var text in body)
            {
                switch (text.Length == 0 ? ' ' : text[0])
                {
                    case ' ':
                        old.Add(text.Length == 0 ? "" : text[1..]);
                        @new.Add(text.Length == 0 ? "" : text[1..]);
                        break;
                    case '-':
                        old.Add(text[1..]);
                        break;
                    case '+':
                        @new.Add(text[1..]);
                        break;
                    case '\\':
                        // "No newline at end of file".
                        break;
                    default:
                        throw new FormatException($"{name}: a line begins with neither blank, '-' nor '+': '{Short(text)}'");
                }
            }

            // A hunk of added lines alone counts the line before them.
            changes.Add(new Change(name, old.Count == 0 ? line + 1 : line, old, @new));
        }

        return changes;
    }

    private static bool EndsHunk(string line) => HunkHead().IsMatch(line) || line.StartsWith("--- ", StringComparison.Ordinal) || line.StartsWith("diff ", StringComparison.Ordinal);

    private static bool IsChange(string line) => line.Length > 0 && line[0] is '-' or '+';

    /// <summary>Lines out, lines in.</summary>
    /// <param name="Name">For messages: <c>hunk 2</c>.</param>
    /// <param name="Line">Where the old lines stood, from 1, in the solution before the edit; null: not said.</param>
    /// <param name="Old">What must stand there.</param>
    /// <param name="New">What stands there afterwards.</param>
    private sealed record Change(string Name, int? Line, IReadOnlyList<string> Old, IReadOnlyList<string> New);

    [GeneratedRegex(@"^@@( -(?<line>\d{1,7})(,\d+)? \+\d+(,\d+)?)?( @@.*)?\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HunkHead();
}
