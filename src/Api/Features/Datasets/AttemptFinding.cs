namespace KernelForge.Api.Features.Datasets;

/// <summary>What a record says of its attempt and no column does.</summary>
internal sealed record AttemptFinding
{
    public required Guid Run { get; init; }

    public required int Round { get; init; }

    /// <summary>Why it is dropped; null: it stays as it was.</summary>
    public string? Dropped { get; init; }

    /// <summary>A wrong answer that can stand as a bad example.</summary>
    public bool Usable { get; init; }

    /// <summary>Hash of the messages that it answers.</summary>
    public required string PromptSha256 { get; init; }

    /// <summary>Mode of the advice that it followed; null for none.</summary>
    public string? Advised { get; init; }

    /// <summary>Of reasoning, as the provider counted; 0 where it does not.</summary>
    public required long Tokens { get; init; }

    /// <summary>Of reasoning.</summary>
    public required int Characters { get; init; }

    public string? DuplicateOf { get; init; }

    public string? WorkedExample { get; init; }
}
