namespace KernelForge.Api.Pages;

/// <summary>What becomes of a line.</summary>
public enum LineChange
{
    /// <summary>In both texts.</summary>
    Same,

    /// <summary>In the new text only.</summary>
    Added,

    /// <summary>In the old text only.</summary>
    Removed,
}

/// <summary>One line of a comparison.</summary>
/// <param name="Change">What becomes of it.</param>
/// <param name="Old">Its number in the old text, from 1; 0 where it is not there.</param>
/// <param name="New">Its number in the new text, from 1; 0 where it is not there.</param>
/// <param name="Text">The line.</param>
public readonly record struct DiffLine(LineChange Change, int Old, int New, string Text);

/// <summary>The shortest script of lines from one text to another (E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986).</summary>
public static class LineDiff
{
    /// <summary>Texts that differ in more lines than that are shown as wholly replaced between their common beginning and end: a comparison nobody would read.</summary>
    private const int MostChanges = 1500;

    /// <summary>Lines of a text; a last line break ends the last line and begins no other.</summary>
    public static string[] Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    /// <summary>Compares two texts line by line; within a change, removed lines come before added ones.</summary>
    public static IReadOnlyList<DiffLine> Compare(string oldText, string newText)
    {
        var (old, now) = (Split(oldText), Split(newText));
        var start = 0;
        while (start < old.Length && start < now.Length && old[start] == now[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Length - start && end < now.Length - start && old[^(end + 1)] == now[^(end + 1)])
        {
            end++;
        }

        List<DiffLine> lines = [];
        for (var line = 0; line < start; line++)
        {
            lines.Add(new DiffLine(LineChange.Same, line + 1, line + 1, old[line]));
        }

        Middle(old.AsSpan(start, old.Length - start - end), now.AsSpan(start, now.Length - start - end), start, lines);
        for (var line = end; line > 0; line--)
        {
            lines.Add(new DiffLine(LineChange.Same, old.Length - line + 1, now.Length - line + 1, old[^line]));
        }

        return lines;
    }

    private static void Middle(ReadOnlySpan<string> old, ReadOnlySpan<string> now, int offset, List<DiffLine> lines)
    {
        // keeps[i]: the new line that old line i stays as, or -1.
        var keeps = new int[old.Length];
        Array.Fill(keeps, -1);
        Match(old, now, keeps);
        var next = 0;
        for (var line = 0; line < old.Length; line++)
        {
            if (keeps[line] < 0)
            {
                lines.Add(new DiffLine(LineChange.Removed, offset + line + 1, 0, old[line]));
                continue;
            }

            for (; next < keeps[line]; next++)
            {
                lines.Add(new DiffLine(LineChange.Added, 0, offset + next + 1, now[next]));
            }

            lines.Add(new DiffLine(LineChange.Same, offset + line + 1, offset + next + 1, old[line]));
            next++;
        }

        for (; next < now.Length; next++)
        {
            lines.Add(new DiffLine(LineChange.Added, 0, offset + next + 1, now[next]));
        }
    }

    /// <summary>Finds the furthest reaching path of each number of changes, then walks it back. reach[k] is the old line reached on diagonal k.</summary>
    private static void Match(ReadOnlySpan<string> old, ReadOnlySpan<string> now, int[] keeps)
    {
        var most = Math.Min(old.Length + now.Length, MostChanges);
        var reach = new int[(2 * most) + 3];
        var middle = most + 1;
        List<int[]> history = [];
        for (var changes = 0; changes <= most; changes++)
        {
            history.Add(reach[(middle - changes - 1)..(middle + changes + 2)]);
            for (var diagonal = -changes; diagonal <= changes; diagonal += 2)
            {
                var down = diagonal == -changes || (diagonal != changes && reach[middle + diagonal - 1] < reach[middle + diagonal + 1]);
                var x = down ? reach[middle + diagonal + 1] : reach[middle + diagonal - 1] + 1;
                while (x < old.Length && x - diagonal < now.Length && old[x] == now[x - diagonal])
                {
                    x++;
                }

                reach[middle + diagonal] = x;
                if (x >= old.Length && x - diagonal >= now.Length)
                {
                    WalkBack(history, old.Length, now.Length, keeps);
                    return;
                }
            }
        }
    }

    private static void WalkBack(List<int[]> history, int oldLength, int newLength, int[] keeps)
    {
        var (x, y) = (oldLength, newLength);
        for (var changes = history.Count - 1; changes >= 0; changes--)
        {
            var reach = history[changes];
            var diagonal = x - y;
            int At(int k) => reach[k + changes + 1];
            var down = diagonal == -changes || (diagonal != changes && At(diagonal - 1) < At(diagonal + 1));
            var before = down ? diagonal + 1 : diagonal - 1;
            var (fromX, fromY) = changes == 0 ? (0, 0) : (At(before), At(before) - before);
            while (x > fromX && y > fromY)
            {
                keeps[--x] = --y;
            }

            (x, y) = (fromX, fromY);
        }
    }
}
