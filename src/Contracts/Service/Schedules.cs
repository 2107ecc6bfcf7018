namespace KernelForge.Contracts.Service;

/// <summary><c>POST</c> and <c>PUT /api/v1/schedules</c>: when to judge which winners again, and what counts as a regression.</summary>
public sealed record ScheduleOrder
{
    /// <summary>Unique among schedules: 1 to 100 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Quartz's form, seconds first, in UTC: <c>0 0 3 * * ?</c> is every day at 03:00. The five fields of crontab are taken too.</summary>
    public required string Cron { get; init; }

    /// <summary>Which winners; every one where it is empty.</summary>
    public ScheduleFilter Filter { get; init => field = value ?? new(); } = new();

    /// <summary>Slower by more than this share of the old latency is a regression, from 0 to below 1; null: 0.05.</summary>
    public double? Tolerance { get; init; }
}

/// <summary>Which part of the board; null members let everything through.</summary>
public sealed record ScheduleFilter
{
    public string? Platform { get; init; }

    public string? Device { get; init; }

    public string? Category { get; init; }

    /// <summary>A task's name.</summary>
    public string? Task { get; init; }
}

/// <summary><c>GET /api/v1/schedules/{id}</c>.</summary>
public sealed record Schedule
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>In Quartz's form.</summary>
    public required string Cron { get; init; }

    public required ScheduleFilter Filter { get; init; }

    public required double Tolerance { get; init; }

    /// <summary>In UTC, the next three.</summary>
    public required IReadOnlyList<DateTimeOffset> NextFireTimes { get; init; }

    /// <summary>The latest batch; null: it has not run.</summary>
    public ScheduleBatch? LastBatch { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One firing of a schedule: <c>POST /api/v1/schedules/{id}/run</c> answers with it, and <c>GET …/checks</c> begins with it.</summary>
public sealed record ScheduleBatch
{
    public required Guid Id { get; init; }

    public required Guid ScheduleId { get; init; }

    /// <summary><c>running</c> while a verdict is missing, else <c>finished</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Winners judged again.</summary>
    public required int Checks { get; init; }

    public required int Pending { get; init; }

    /// <summary>Winners that are slower, broken, or could not be judged again.</summary>
    public required int Regressions { get; init; }

    /// <summary>Null for a batch without any winner.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary><c>GET /api/v1/schedules/{id}/checks?batch=</c>.</summary>
public sealed record ScheduleChecks
{
    /// <summary>The batch asked for; null where all are listed.</summary>
    public ScheduleBatch? Batch { get; init; }

    /// <summary>Latest first.</summary>
    public required IReadOnlyList<ScheduleCheck> Items { get; init; }

    /// <summary>Pass it as <c>cursor</c> for what follows; null: nothing follows.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>One winner judged again.</summary>
public sealed record ScheduleCheck
{
    public required Guid Id { get; init; }

    public required Guid BatchId { get; init; }

    public required string Task { get; init; }

    public required string SolutionSha256 { get; init; }

    public required string Platform { get; init; }

    public string? Device { get; init; }

    /// <summary><c>pending</c>, <c>same</c>, <c>faster</c>, <c>slower</c>, <c>broken</c> (it no longer passes) or <c>failed</c> (it could not be judged).</summary>
    public required string Verdict { get; init; }

    public required double OldLatencyMs { get; init; }

    /// <summary>Null where there is none.</summary>
    public double? NewLatencyMs { get; init; }

    /// <summary>New ÷ old.</summary>
    public double? Ratio { get; init; }

    /// <summary>What the fresh evaluation said.</summary>
    public string? Message { get; init; }

    /// <summary>The evaluation that stands on the board, and goes on standing there.</summary>
    public required Guid OldEvaluationId { get; init; }

    public required Guid SubmissionId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
