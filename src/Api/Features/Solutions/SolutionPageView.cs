using KernelForge.Contracts.Outcomes;

namespace KernelForge.Api.Features.Solutions;

/// <summary>A solution, what is known about its lines and kernels, and every verdict on it.</summary>
public sealed record SolutionPageView
{
    public required string Sha256 { get; init; }

    public required string Code { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The newest first, at most <see cref="MostVerdicts"/>.</summary>
    public required IReadOnlyList<VerdictLine> Verdicts { get; init; }

    /// <summary>The verdict whose findings, counters and kernels are shown: the newest with a time, else the newest; null: never judged.</summary>
    public EvaluationOutcome? Outcome { get; init; }

    /// <summary>Rows of <see cref="Verdicts"/> at most.</summary>
    public static int MostVerdicts => 50;
}

/// <summary>A verdict in figures.</summary>
public sealed record VerdictLine
{
    public required Guid Id { get; init; }

    public required string Task { get; init; }

    public required string Origin { get; init; }

    public Guid? RunId { get; init; }

    public int? Round { get; init; }

    public Guid? SubmissionId { get; init; }

    public string? Model { get; init; }

    public string? Strategy { get; init; }

    public required string Status { get; init; }

    public required string Platform { get; init; }

    public required string Device { get; init; }

    public string? Kind { get; init; }

    public string? Precision { get; init; }

    public double? LatencyMs { get; init; }

    public string? Baseline { get; init; }

    public double? SpeedupFactor { get; init; }

    public double? SpeedOfLightFraction { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
