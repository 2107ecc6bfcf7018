using System.Runtime.InteropServices;

namespace KernelForge.Simulator.Checks;

/// <summary>
/// Findings of one block: one a kind and line (for races: pair of lines), with counts. Merged in block order, so that results do
/// not depend on which core ran which block.
/// </summary>
internal sealed class FindingLog
{
    private readonly Dictionary<(FindingKind, int, int), int> index = [];
    private readonly List<Finding> findings = [];
    private readonly List<long> repeats = [];

    public int Count => findings.Count;

    /// <summary>Which finding is the one of a kind and line; -1 where there is none yet.</summary>
    public int IndexOf(FindingKind kind, int line, int otherLine = 0) => index.GetValueOrDefault(Key(kind, line, otherLine), -1);

    /// <summary>Counts a finding once more.</summary>
    public void Repeat(int known) => CollectionsMarshal.AsSpan(repeats)[known]++;

    public bool Seen(FindingKind kind, int line, int otherLine = 0)
    {
        int known = IndexOf(kind, line, otherLine);
        if (known < 0)
        {
            return false;
        }

        Repeat(known);
        return true;
    }

    public void Add(Finding finding)
    {
        (FindingKind, int, int) key = Key(finding.Kind, finding.SourceLine, finding.OtherLine ?? 0);
        if (index.TryGetValue(key, out int i))
        {
            repeats[i] += finding.Count;
            return;
        }

        index[key] = findings.Count;
        findings.Add(finding);
        repeats.Add(0);
    }

    public void Clear()
    {
        if (findings.Count > 0)
        {
            index.Clear();
            findings.Clear();
            repeats.Clear();
        }
    }

    /// <summary>Findings in the order they came, at most so many of each kind.</summary>
    public List<Finding> Bounded(int perKind) => findings.Count == 0
        ? []
        :
        [
            .. findings.Select((finding, at) => (Finding: finding with { Count = finding.Count + repeats[at] }, At: at))
                .GroupBy(f => f.Finding.Kind).SelectMany(g => g.Take(perKind)).OrderBy(f => f.At).Select(f => f.Finding),
        ];

    private static (FindingKind, int, int) Key(FindingKind kind, int line, int otherLine) =>
        kind == FindingKind.Race ? (kind, Math.Min(line, otherLine), Math.Max(line, otherLine)) : (kind, line, 0);
}
