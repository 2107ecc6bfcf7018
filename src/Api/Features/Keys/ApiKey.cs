namespace KernelForge.Api.Features.Keys;

/// <summary>A caller's key, without the key: only a hash of that is kept.</summary>
public sealed record ApiKey
{
    public required Guid Id { get; init; }

    /// <summary>Who has it, for people.</summary>
    public required string Name { get; init; }

    /// <summary>Of <see cref="ApiKeys.Scopes"/>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it is refused; null: it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}
