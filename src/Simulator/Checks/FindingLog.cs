namespace KernelForge.Simulator.Checks;

/// <summary>
/// Findings of one block: one a kind and line (for races: pair of lines), with counts. Merged in block order, so that results do
/// not depend on which core ran which block.
/// </summary>
internal sealed class FindingLog
{
    private readonly Dictionary<(FindingKind, int, int), int> index = [];
    private readonly List<Finding> findings = [];

    public int Count => findings.Count;

    public IReadOnlyList<Finding> Findings => findings;

    public bool Seen(FindingKind kind, int line, int otherLine = 0)
    {
        if (!index.TryGetValue(Key(kind, line, otherLine), out int i))
        {
            return false;
        }

        findings[i] = findings[i] with { Count = findings[i].Count + 1 };
        return true;
    }

    public void Add(Finding finding)
    {
        (FindingKind, int, int) key = Key(finding.Kind, finding.SourceLine, finding.OtherLine ?? 0);
        if (index.TryGetValue(key, out int i))
        {
            findings[i] = findings[i] with { Count = findings[i].Count + finding.Count };
            return;
        }

        index[key] = findings.Count;
        findings.Add(finding);
    }

    public void Clear()
    {
        if (findings.Count > 0)
        {
            index.Clear();
            findings.Clear();
        }
    }

    /// <summary>Findings in the order they came, at most so many of each kind.</summary>
    public List<Finding> Bounded(int perKind) => findings.Count == 0 ? [] : [.. findings.GroupBy(f => f.Kind).SelectMany(g => g.Take(perKind)).OrderBy(f => findings.IndexOf(f))];

    private static (FindingKind, int, int) Key(FindingKind kind, int line, int otherLine) =>
        kind == FindingKind.Race ? (kind, Math.Min(line, otherLine), Math.Max(line, otherLine)) : (kind, line, 0);
}
