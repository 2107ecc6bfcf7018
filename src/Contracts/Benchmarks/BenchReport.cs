namespace KernelForge.Contracts.Benchmarks;

/// <summary>What <c>bench NAME --json</c> prints.</summary>
public sealed record BenchReport
{
    /// <summary>The benchmark.</summary>
    public required string Name { get; init; }

    /// <summary>Processor and cores, memory, system.</summary>
    public required string Machine { get; init; }

    /// <summary>What was measured.</summary>
    public required IReadOnlyList<BenchFigure> Figures { get; init; }
}

/// <summary>One figure.</summary>
public sealed record BenchFigure
{
    /// <summary>What it is.</summary>
    public required string Name { get; init; }

    /// <summary>The median of the samples.</summary>
    public required double Value { get; init; }

    /// <summary>Where it lies with 95 % confidence: lower and upper end; null where nothing was resampled.</summary>
    public IReadOnlyList<double>? Interval { get; init; }

    /// <summary>Its unit.</summary>
    public required string Unit { get; init; }

    /// <summary>What it should be at most (or at least, for rates); null where nobody set one.</summary>
    public double? Goal { get; init; }

    /// <summary>Whether <see cref="Goal"/> is met; null without one.</summary>
    public bool? Met { get; init; }
}
