using KernelForge.Contracts.Evaluation;

namespace KernelForge.Evaluator.Judging;

/// <summary>Which combinations of tunables are looked at, and how long.</summary>
/// <param name="Combinations">Their indices, the default one (0) first.</param>
/// <param name="Looks">Looks in order: instructions to sample for each candidate, and how many of the fastest stay.</param>
internal sealed record TunableSearch(IReadOnlyList<int> Combinations, IReadOnlyList<(long Budget, int Keep)> Looks)
{
    private const int DefaultVariants = 16;
    private const int ShortestLook = 16;

    /// <summary>The search that an order asks for.</summary>
    /// <param name="order">The order.</param>
    /// <param name="count">Combinations that there are.</param>
    /// <param name="budget">Instructions of a whole look.</param>
    /// <exception cref="ArgumentException">Its method is not known.</exception>
    public static TunableSearch Of(TuningOrder order, int count, long budget) => order.Method switch
    {
        "exhaustive" => new([.. Enumerable.Range(0, count)], [(budget, 1)]),
        "random" => new(Some(order, count), [(budget, 1)]),
        "halving" => new([.. Enumerable.Range(0, count)], Halves(count, budget)),
        _ => throw new ArgumentException($"tuning method '{order.Method}'; known: exhaustive, random, halving", nameof(order)),
    };

    private static List<int> Some(TuningOrder order, int count)
    {
#pragma warning disable CA5394 // A search, not a secret.
        Random random = new((int)order.Seed);
        var others = Enumerable.Range(1, count - 1).ToArray();
        random.Shuffle(others);
#pragma warning restore CA5394
        return [0, .. others.Take(Math.Max(1, order.Variants ?? DefaultVariants) - 1)];
    }

    private static List<(long Budget, int Keep)> Halves(int count, long budget)
    {
        List<(long Budget, int Keep)> looks = [];
        var look = Math.Max(1, budget / ShortestLook);
        for (var left = count; left > 1 || looks.Count == 0; left = (left + 1) / 2)
        {
            looks.Add((look, (left + 1) / 2));
            look = Math.Min(budget, look * 2);
        }

        return looks;
    }
}
