namespace KernelForge.Api.Store.Rows;

/// <summary>An answer that was paid for, kept before anyone uses it. ordinal counts calls of one purpose (a Judge that is asked again).</summary>
internal sealed class ModelCallRow
{
    public long Id { get; set; }

    public required Guid RunId { get; set; }

    public required string Role { get; set; }

    public int Round { get; set; }

    public required string Mode { get; set; }

    public int Ordinal { get; set; }

    public required string Model { get; set; }

    public required string Entry { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
