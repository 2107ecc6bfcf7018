namespace KernelForge.Contracts.Service;

/// <summary><c>GET /api/v1/leaderboard</c> and <c>leaderboard --json</c>.</summary>
public sealed record Leaderboard
{
    /// <summary>What was asked for, by parameter.</summary>
    public required IReadOnlyDictionary<string, string> Filters { get; init; }

    /// <summary>Best first, within each task and class where several are shown.</summary>
    public required IReadOnlyList<LeaderboardRow> Rows { get; init; }

    /// <summary>Pass it as <c>cursor</c> for what follows; null: nothing follows.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>A solution that stands on a board.</summary>
public sealed record LeaderboardRow
{
    /// <summary>From 1, in its task and class.</summary>
    public required int Rank { get; init; }

    public required string Task { get; init; }

    public required string SolutionSha256 { get; init; }

    /// <summary>Null for a solution that a person submitted.</summary>
    public string? Model { get; init; }

    public string? Strategy { get; init; }

    /// <summary>Baseline ÷ kernel.</summary>
    public double? SpeedupFactor { get; init; }

    /// <summary>Its 95 % interval; null where modelled.</summary>
    public IReadOnlyList<double>? ConfidenceInterval { get; init; }

    public string? Baseline { get; init; }

    public required double LatencyMs { get; init; }

    public double? SpeedOfLightFraction { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>.</summary>
    public required string Kind { get; init; }

    public required string Platform { get; init; }

    public required string Device { get; init; }

    public required string Precision { get; init; }

    public bool UsesLibrary { get; init; }

    public bool Prepared { get; init; }

    public bool FastMath { get; init; }

    /// <summary>A recorded or simulated model wrote it: <c>replay</c>, <c>simulated</c>; null otherwise.</summary>
    public string? Mark { get; init; }

    /// <summary>A schedule found it slower or broken: the verdict; null otherwise. Its rank is not changed by that.</summary>
    public string? Regression { get; init; }

    public required DateTimeOffset VerifiedAt { get; init; }

    public Guid? RunId { get; init; }

    public required Guid EvaluationId { get; init; }
}

/// <summary>A task as the service holds it.</summary>
public sealed record ServiceTask
{
    public required string Name { get; init; }

    public required string Sha256 { get; init; }

    public string? Category { get; init; }

    public string? Origin { get; init; }

    public string? Kernelbench { get; init; }

    public string? Difficulty { get; init; }

    /// <summary>Whether its results may stand on a board; null before it was audited.</summary>
    public bool? Ranked { get; init; }

    public string? Reason { get; init; }

    public IReadOnlyList<string> Presets { get; init => field = value ?? []; } = [];

    /// <summary>The file's text; null in lists.</summary>
    public string? Source { get; init; }
}

/// <summary><c>POST /api/v1/tasks</c>: a task file that a user brings.</summary>
public sealed record TaskOrder
{
    /// <summary>Its name, <c>NAME</c> or <c>category/name</c>: letters, digits, <c>_</c>, <c>-</c>. A name of the suite is refused.</summary>
    public required string Name { get; init; }

    /// <summary>The Python file, at most 1 MiB.</summary>
    public required string Source { get; init; }
}

/// <summary><c>GET /api/v1/solutions/{sha256}</c>: a solution and every verdict on it.</summary>
public sealed record SolutionDetails
{
    public required string Sha256 { get; init; }

    public required string Code { get; init; }

    public required IReadOnlyList<SolutionEvaluation> Evaluations { get; init; }
}

/// <summary>One verdict on a solution.</summary>
public sealed record SolutionEvaluation
{
    public required Guid Id { get; init; }

    public required string Origin { get; init; }

    public Guid? RunId { get; init; }

    public int? Round { get; init; }

    public Guid? SubmissionId { get; init; }

    public string? Model { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required Outcomes.EvaluationOutcome Outcome { get; init; }
}

/// <summary>A process that runs steps.</summary>
public sealed record ServiceWorker
{
    public required string Name { get; init; }

    public required string Host { get; init; }

    public required int Pid { get; init; }

    public required IReadOnlyList<string> Platforms { get; init; }

    /// <summary>Steps at once.</summary>
    public required int Slots { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Steps that it runs now.</summary>
    public required int Running { get; init; }
}

/// <summary>A page of a list.</summary>
public sealed record Listing<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Pass it as <c>cursor</c> for what follows; null: nothing follows.</summary>
    public string? NextCursor { get; init; }
}
