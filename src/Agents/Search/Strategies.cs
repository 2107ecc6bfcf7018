namespace KernelForge.Agents.Search;

/// <summary>Strategies by name (interfaces.md, "Names").</summary>
public static class Strategies
{
    private static readonly string[] Later = ["cudaforge", "evolve", "tune", "portfolio"];

    /// <summary>Names that can be used now.</summary>
    public static IReadOnlyList<string> Available { get; } = ["coder-judge", "self-refine", "best-of-n", "single"];

    /// <summary>The strategy of that name.</summary>
    /// <exception cref="ArgumentException">It comes later, or is not known.</exception>
    public static Strategy Create(string name) => name switch
    {
        "coder-judge" => new IterativeStrategy(name, usesJudge: true),
        "self-refine" => new IterativeStrategy(name, usesJudge: false),
        "best-of-n" => new SamplingStrategy(name, once: false),
        "single" => new SamplingStrategy(name, once: true),
        _ => throw new ArgumentException(Later.Contains(name)
            ? $"strategy '{name}' comes later; now there are {string.Join(", ", Available)}"
            : $"unknown strategy '{name}'; known: {string.Join(", ", Available)} (later: {string.Join(", ", Later)})", nameof(name)),
    };
}
