namespace KernelForge.Api.Features.Datasets;

/// <summary>The datasets' page: the newest first.</summary>
public sealed record DatasetsPageView(IReadOnlyList<DatasetSummary> Datasets);

/// <summary>A dataset in the list.</summary>
public sealed record DatasetSummary
{
    public required Guid Id { get; init; }

    public required string Recipe { get; init; }

    public required string Format { get; init; }

    public required string State { get; init; }

    public required string Folder { get; init; }

    public string? Failure { get; init; }

    /// <summary>The manifest's counts in words: <c>train 40, validation 4</c>; null before there are any.</summary>
    public string? Counts { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
