namespace KernelForge.Api.Store.Rows;

/// <summary>One solution to judge, once. origin: api, verification (a second evaluation under fresh seeds), schedule.</summary>
internal sealed class SubmissionRow
{
    public required Guid Id { get; set; }

    public required string TaskSha256 { get; set; }

    public required string SolutionSha256 { get; set; }

    public required string Platform { get; set; }

    public string? Device { get; set; }

    public string? Preset { get; set; }

    public required string Origin { get; set; }

    public string? Model { get; set; }

    public string? Strategy { get; set; }

    public required string State { get; set; }

    public string? Failure { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
