namespace KernelForge.Api.Store.Rows;

/// <summary>What a task costs without us, by name and environment.</summary>
internal sealed class BaselineRow
{
    public required string TaskSha256 { get; set; }

    public required string EnvironmentId { get; set; }

    public required string Name { get; set; }

    public double LatencyMs { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
