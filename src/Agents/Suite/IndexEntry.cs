namespace KernelForge.Agents.Suite;

/// <summary>A line of <c>bench-tasks/index.json</c>: what the task's file does not say about it.</summary>
internal sealed record IndexEntry
{
    /// <summary><c>category/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it comes from.</summary>
    public required string Origin { get; init; }

    /// <summary>Its number in KernelBench, <c>L1/26</c>; null where it has none.</summary>
    public string? Kernelbench { get; init; }

    /// <summary><c>easy</c>, <c>medium</c> or <c>hard</c> to make fast.</summary>
    public required string Difficulty { get; init; }
}
