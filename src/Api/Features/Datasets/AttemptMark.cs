namespace KernelForge.Api.Features.Datasets;

/// <summary>What an export made out of an attempt: a row of <c>attempt_marks</c>.</summary>
internal sealed record AttemptMark
{
    /// <summary>Why the recipe took it; null: it did not.</summary>
    public required string? Kept { get; init; }

    /// <summary>Why the recipe did not take it; null: it did.</summary>
    public required string? Dropped { get; init; }

    public required double? Length { get; init; }

    public required string? LengthUnit { get; init; }

    public required string? DuplicateOf { get; init; }

    public required string? WorkedExample { get; init; }

    public required string? Benchmark { get; init; }
}
