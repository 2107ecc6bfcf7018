namespace KernelForge.Contracts.Evaluation;

/// <summary>How a plan's tunables are tried.</summary>
public sealed record TuningOrder
{
    /// <summary>
    /// <c>exhaustive</c> (every combination gets the same short look), <c>random</c> (some do), or <c>halving</c> (every combination gets a very short look, the
    /// faster half a longer one, and so on).
    /// </summary>
    public string Method { get; init => field = string.IsNullOrEmpty(value) ? "exhaustive" : value; } = "exhaustive";

    /// <summary>For <c>random</c>: how many combinations, the default one included; null: 16.</summary>
    public int? Variants { get; init; }

    /// <summary>For <c>random</c>: which ones.</summary>
    public ulong Seed { get; init; }
}
