namespace KernelForge.Api.Store.Rows;

/// <summary>What was answered to a request with an Idempotency-Key.</summary>
internal sealed class IdempotencyKeyRow
{
    public required string Key { get; set; }

    public required string Operation { get; set; }

    public required string BodySha256 { get; set; }

    public required Guid ResourceId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
