namespace KernelForge.Api.Store.Rows;

/// <summary>One finished round of a run, written once. record is the AttemptRecord whole.</summary>
internal sealed class RoundRow
{
    public required Guid RunId { get; set; }

    public int Round { get; set; }

    public required string Mode { get; set; }

    public int? Parent { get; set; }

    public required string Kind { get; set; }

    public required string Model { get; set; }

    public string? SolutionSha256 { get; set; }

    public Guid? EvaluationId { get; set; }

    public required string Status { get; set; }

    public double? Gain { get; set; }

    public required string Record { get; set; }

    public DateTimeOffset FinishedAt { get; set; }
}
