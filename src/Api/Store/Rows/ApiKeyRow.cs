namespace KernelForge.Api.Store.Rows;

/// <summary>Who may call from beyond this machine. Only a hash of the key is kept.</summary>
internal sealed class ApiKeyRow
{
    public required Guid Id { get; set; }

    public required string Name { get; set; }

    public required string Sha256 { get; set; }

    public string[] Scopes { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}
