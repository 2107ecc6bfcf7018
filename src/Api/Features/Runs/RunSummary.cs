namespace KernelForge.Api.Features.Runs;

/// <summary>A run in a list.</summary>
public sealed record RunSummary
{
    public required Guid Id { get; init; }

    public required string Task { get; init; }

    public required string State { get; init; }

    public required string Strategy { get; init; }

    public required string Coder { get; init; }

    /// <summary>Finished rounds.</summary>
    public required int Finished { get; init; }

    /// <summary>Most rounds.</summary>
    public required int Rounds { get; init; }

    public double? SpeedupFactor { get; init; }

    public string? Baseline { get; init; }

    public double? LatencyMs { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>; null without a time.</summary>
    public string? Kind { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
