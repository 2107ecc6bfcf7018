using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>
/// The best of each kind that an island has found: a cell for each limiter, method and precision, so that a slower solution of another kind outlives a faster one of a
/// common kind. A function of finished attempts alone.
/// </summary>
internal sealed class Archive
{
    /// <summary>Most cells; the slowest go first.</summary>
    public const int Capacity = 16;

    private Archive(IReadOnlyList<AttemptRecord> elites) => Elites = elites;

    /// <summary>The best of every cell, fastest first.</summary>
    public IReadOnlyList<AttemptRecord> Elites { get; }

    /// <summary>The archive of some attempts.</summary>
    public static Archive Of(IEnumerable<AttemptRecord> attempts)
    {
        Dictionary<string, AttemptRecord> cells = new(StringComparer.Ordinal);
        foreach (var attempt in attempts.Where(attempt => attempt is { Code: not null, Outcome: Passed }))
        {
            var cell = CellOf(attempt);
            if (BestAttempt.IsBetter(attempt, cells.GetValueOrDefault(cell)))
            {
                cells[cell] = attempt;
            }
        }

        List<AttemptRecord> elites = [.. cells.Values.OrderBy(elite => elite.Round)];
        elites.Sort((left, right) => BestAttempt.IsBetter(left, right) ? -1 : BestAttempt.IsBetter(right, left) ? 1 : left.Round.CompareTo(right.Round));
        return new Archive(elites.Count <= Capacity ? elites : elites[..Capacity]);
    }

    /// <summary>What limits it, how it works, how exact it is.</summary>
    public static string CellOf(AttemptRecord attempt) =>
        $"{attempt.Outcome.Performance?.LimitedBy ?? "untimed"}/{MethodOf(attempt.Code ?? "")}/{attempt.Outcome.Class?.Precision ?? "unknown"}";

    /// <summary>The means that a solution uses, by what its code says.</summary>
    internal static string MethodOf(string code)
    {
        List<string> means = [];
        Note("tensor", "wmma", "mma.sync", "wgmma", "mma_sync");
        Note("async", "cp.async", "__pipeline", "memcpy_async");
        Note("shared", "__shared__");
        Note("shuffle", "__shfl");
        Note("vector", "float4", "int4", "float2", "half2");
        Note("atomic", "atomicAdd", "atomicMax", "atomicMin");
        return means.Count == 0 ? "plain" : string.Join('+', means);

        void Note(string name, params ReadOnlySpan<string> words)
        {
            foreach (var word in words)
            {
                if (code.Contains(word, StringComparison.Ordinal))
                {
                    means.Add(name);
                    return;
                }
            }
        }
    }
}
