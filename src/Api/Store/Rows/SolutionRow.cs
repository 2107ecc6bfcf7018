namespace KernelForge.Api.Store.Rows;

/// <summary>A solution's text by its hash: written once, never changed.</summary>
internal sealed class SolutionRow
{
    public required string Sha256 { get; set; }

    public required string Code { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
