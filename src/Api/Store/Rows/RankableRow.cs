namespace KernelForge.Api.Store.Rows;

/// <summary>An evaluation that stands on boards: a row of the view <c>rankable</c>.</summary>
internal sealed class RankableRow
{
    public Guid EvaluationId { get; set; }

    public required string TaskSha256 { get; set; }

    public required string Task { get; set; }

    public string? Category { get; set; }

    public required string SolutionSha256 { get; set; }

    public Guid? RunId { get; set; }

    public int? Round { get; set; }

    public Guid? SubmissionId { get; set; }

    public string? Model { get; set; }

    public string? Strategy { get; set; }

    public required string EnvironmentId { get; set; }

    public required string Platform { get; set; }

    public required string Device { get; set; }

    public required string EvaluationVersion { get; set; }

    public string? Kind { get; set; }

    public string? Precision { get; set; }

    public bool UsesLibrary { get; set; }

    public bool Prepared { get; set; }

    public bool FastMath { get; set; }

    public double LatencyMs { get; set; }

    public string? Baseline { get; set; }

    public double? SpeedupFactor { get; set; }

    public double? SpeedOfLightMs { get; set; }

    public double? SpeedOfLightFraction { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset VerifiedAt { get; set; }
}
