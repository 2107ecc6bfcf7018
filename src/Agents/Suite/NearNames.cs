namespace KernelForge.Agents.Suite;

/// <summary>Names that a user may have meant.</summary>
internal static class NearNames
{
    private const int Most = 3;

    /// <summary>At most three, best first: those that contain the text, then those a few letters away.</summary>
    public static IReadOnlyList<string> Of(string text, IEnumerable<string> names)
    {
        var lower = text.ToLowerInvariant();
        var last = lower[(lower.LastIndexOf('/') + 1)..];
        return
        [
            .. names
                .Select(name => (Name: name, Distance: Distance(name, lower, last)))
                .Where(candidate => candidate.Distance <= Math.Max(2, last.Length / 3))
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(Most)
                .Select(candidate => candidate.Name),
        ];
    }

    private static int Distance(string name, string text, string last)
    {
        var ownLast = name[(name.LastIndexOf('/') + 1)..];
        if (last.Length >= 3 && ownLast.Contains(last, StringComparison.Ordinal))
        {
            return 0;
        }

        return Math.Min(Edits(name, text), Edits(ownLast, last));
    }

    /// <summary>Insertions, deletions and replacements between two words.</summary>
    private static int Edits(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[^1];
    }
}
