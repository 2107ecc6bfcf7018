namespace KernelForge.Api.Store.Rows;

/// <summary>A winner re-evaluated by a schedule: the old figure beside the new one. History is kept; ranks are never changed by it.</summary>
internal sealed class ScheduleCheckRow
{
    public required Guid Id { get; set; }

    public required Guid ScheduleId { get; set; }

    public required Guid BatchId { get; set; }

    public required Guid SubmissionId { get; set; }

    public required Guid OldEvaluationId { get; set; }

    public double OldLatencyMs { get; set; }

    public double? NewLatencyMs { get; set; }

    public required string Verdict { get; set; }

    public string? Message { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
