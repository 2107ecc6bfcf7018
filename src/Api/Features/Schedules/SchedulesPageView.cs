namespace KernelForge.Api.Features.Schedules;

/// <summary>The schedules' page: what is looked at again and when, and what was found.</summary>
public sealed record SchedulesPageView(IReadOnlyList<ScheduleLine> Schedules, IReadOnlyList<CheckLine> Checks);

/// <summary>A schedule.</summary>
public sealed record ScheduleLine
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Quartz' cron expression.</summary>
    public required string Cron { get; init; }

    /// <summary>Which winners, in words: <c>task activation/gelu</c>.</summary>
    public required string Filter { get; init; }

    /// <summary>How much slower is still the same, as a share of one.</summary>
    public required double Tolerance { get; init; }

    /// <summary>When it last looked; null: never.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Regressions among its last checks.</summary>
    public required int Regressions { get; init; }
}

/// <summary>A winner that was looked at again.</summary>
public sealed record CheckLine
{
    public required Guid Id { get; init; }

    public required string Schedule { get; init; }

    public required string Task { get; init; }

    public required string SolutionSha256 { get; init; }

    public required Guid SubmissionId { get; init; }

    public required string Verdict { get; init; }

    public required double OldLatencyMs { get; init; }

    public double? NewLatencyMs { get; init; }

    public string? Kind { get; init; }

    public string? Message { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
