namespace KernelForge.Api.Features.Leaderboard;

/// <summary>What a board shows only; null: everything.</summary>
public sealed record BoardFilter(string? Category, string? Task, string? Device, string? Precision)
{
    /// <summary>Whether anything is left out.</summary>
    public bool Any => Category is not null || Task is not null || Device is not null || Precision is not null;
}

/// <summary>The leaderboard's page: boards of one task and class each, best first.</summary>
public sealed record BoardPageView
{
    public required BoardFilter Filter { get; init; }

    public required IReadOnlyList<string> Categories { get; init; }

    public required IReadOnlyList<string> Tasks { get; init; }

    public required IReadOnlyList<string> Devices { get; init; }

    public required IReadOnlyList<string> Precisions { get; init; }

    public required IReadOnlyList<Board> Boards { get; init; }

    /// <summary>Most rows of one board on this page.</summary>
    public required int RowsEach { get; init; }

    /// <summary>Name of the task after which the next page begins; null: this is the last one.</summary>
    public string? Next { get; init; }
}

/// <summary>Solutions that may be compared: one task, one class, one baseline, one version of the evaluation.</summary>
public sealed record Board
{
    public required string Task { get; init; }

    public required string Platform { get; init; }

    public required string Device { get; init; }

    public required string Precision { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>.</summary>
    public required string Kind { get; init; }

    public required bool UsesLibrary { get; init; }

    public required bool Prepared { get; init; }

    /// <summary>What speed-ups refer to.</summary>
    public string? Baseline { get; init; }

    /// <summary>How many solutions stand on it; <see cref="Rows"/> may hold fewer.</summary>
    public required long Count { get; init; }

    public required IReadOnlyList<BoardRow> Rows { get; init; }
}

/// <summary>One solution on a board.</summary>
public sealed record BoardRow
{
    public required long Rank { get; init; }

    public required Guid EvaluationId { get; init; }

    public required string SolutionSha256 { get; init; }

    public Guid? RunId { get; init; }

    public int? Round { get; init; }

    public string? Model { get; init; }

    public string? Strategy { get; init; }

    public required bool FastMath { get; init; }

    public required double LatencyMs { get; init; }

    public double? SpeedupFactor { get; init; }

    public double? SpeedOfLightFraction { get; init; }

    public required DateTimeOffset VerifiedAt { get; init; }

    /// <summary>A schedule's latest verdict where it is a regression: <c>slower</c>, <c>broken</c>.</summary>
    public string? Regression { get; init; }
}
