namespace KernelForge.Api.Store.Rows;

/// <summary>A transaction that changed what boards are made of.</summary>
internal sealed class BoardChangeRow
{
    public required ulong Xid { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
