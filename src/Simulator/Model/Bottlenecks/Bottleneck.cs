namespace KernelForge.Simulator.Model;

/// <summary>What holds a launch up, with the figures that say so and what its removal would gain.</summary>
public sealed record Bottleneck
{
    /// <summary>The rule's name: <c>bank_conflicts</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>What is wrong, a sentence.</summary>
    public required string What { get; init; }

    /// <summary>The metrics that say so, by Nsight Compute's names and in its units.</summary>
    public required IReadOnlyDictionary<string, double> Evidence { get; init; }

    /// <summary>Modelled time now ÷ modelled time without it, above 1. Gains of several bottlenecks do not multiply: another limit comes next.</summary>
    public required double Gain { get; init; }

    /// <summary>Modelled milliseconds of the launch without it.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>What would be the limit then: <see cref="TimeEstimate.Limiter"/>.</summary>
    public required string NextLimiter { get; init; }

    /// <summary>What to try, a sentence.</summary>
    public required string Try { get; init; }

    /// <summary>The source lines that it comes from, the largest part first; empty where it belongs to the launch as a whole.</summary>
    public required IReadOnlyList<int> Lines { get; init; }
}
