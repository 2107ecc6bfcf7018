using KernelForge.Agents.Suite;

namespace KernelForge.Agents.Search;

/// <summary>Strategies by name (interfaces.md, "Names").</summary>
public static class Strategies
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Available { get; } = ["coder-judge", "self-refine", "best-of-n", "single", "cudaforge", "evolve", "tune", "portfolio"];

    /// <summary>The strategy of that name.</summary>
    /// <exception cref="ArgumentException">It is not known; the message offers the nearest.</exception>
    public static Strategy Create(string name) => name switch
    {
        "coder-judge" => new IterativeStrategy(name, usesJudge: true),
        "self-refine" => new IterativeStrategy(name, usesJudge: false),
        "best-of-n" => new SamplingStrategy(name, once: false),
        "single" => new SamplingStrategy(name, once: true),
        "cudaforge" => new CudaForgeStrategy(name),
        "evolve" => new EvolveStrategy(name),
        "tune" => new TuneStrategy(name),
        "portfolio" => new PortfolioStrategy(name),
        _ => throw new ArgumentException(
            $"unknown strategy '{name}'{(NearNames.Of(name ?? "", Available) is { Count: > 0 } near ? $" (did you mean {string.Join(" or ", near)}?)" : "")}; known: {string.Join(", ", Available)}", nameof(name)),
    };
}
