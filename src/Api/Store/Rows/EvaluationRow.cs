namespace KernelForge.Api.Store.Rows;

/// <summary>One verdict. ranked is the outcome's own word; what stands on a board is the view <c>rankable</c>.</summary>
internal sealed class EvaluationRow
{
    public required Guid Id { get; set; }

    public required string TaskSha256 { get; set; }

    public required string SolutionSha256 { get; set; }

    public Guid? SubmissionId { get; set; }

    public Guid? RunId { get; set; }

    public int? Round { get; set; }

    public required string EnvironmentId { get; set; }

    public required string Origin { get; set; }

    public string? Model { get; set; }

    public string? Strategy { get; set; }

    public required string Status { get; set; }

    public bool Ranked { get; set; }

    public bool FreshSeeds { get; set; }

    public string? Kind { get; set; }

    public string? Precision { get; set; }

    public bool UsesLibrary { get; set; }

    public bool Prepared { get; set; }

    public bool FastMath { get; set; }

    public double? LatencyMs { get; set; }

    public string? Baseline { get; set; }

    public double? SpeedupFactor { get; set; }

    public double? SpeedOfLightMs { get; set; }

    public double? SpeedOfLightFraction { get; set; }

    public required string Outcome { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
