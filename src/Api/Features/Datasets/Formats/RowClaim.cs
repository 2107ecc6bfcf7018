namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>A code that a row holds, and the hash that was measured; null where the row holds none in the form that it should have.</summary>
internal sealed record CodeClaim(string? Code, string Sha256);

/// <summary>What a line says of itself, whatever its format: what <see cref="RowCheck"/> checks.</summary>
internal sealed record RowClaim
{
    /// <summary>No two rows have the same.</summary>
    public required string Key { get; init; }

    /// <summary>The attempt that it teaches.</summary>
    public required string Attempt { get; init; }

    public required string Task { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>.</summary>
    public required string Kind { get; init; }

    public required string AttemptKind { get; init; }

    /// <summary>The recipe selected the attempt.</summary>
    public required bool Selected { get; init; }

    /// <summary>Why, or why not.</summary>
    public required string Reason { get; init; }

    public required IReadOnlyList<CodeClaim> Codes { get; init; }

    /// <summary>What is wrong with the row by itself.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
