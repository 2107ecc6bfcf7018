namespace KernelForge.Api.Store.Rows;

/// <summary>datasets</summary>
internal sealed class DatasetRow
{
    public required Guid Id { get; set; }

    public required string Recipe { get; set; }

    public required string Format { get; set; }

    public required string Parameters { get; set; }

    public required string State { get; set; }

    public required string Folder { get; set; }

    public string? Manifest { get; set; }

    public string? Failure { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
