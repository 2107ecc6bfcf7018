namespace KernelForge.Api.Store.Rows;

/// <summary>A unit of work: an evaluation of a submission, or one round of a run. Whoever runs it holds the latest fence; every write checks it.</summary>
internal sealed class StepRow
{
    public required Guid Id { get; set; }

    public required string Kind { get; set; }

    public required Guid OwnerId { get; set; }

    public int Number { get; set; }

    public required string ExecutionGroup { get; set; }

    public int Priority { get; set; }

    public required string State { get; set; }

    public long Fence { get; set; }

    public int Tries { get; set; }

    public DateTimeOffset NotBefore { get; set; }

    public string? Worker { get; set; }

    public string? Failure { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
