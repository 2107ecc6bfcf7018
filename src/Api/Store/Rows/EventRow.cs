namespace KernelForge.Api.Store.Rows;

/// <summary>What happened to a submission or run, in order: server-sent events resume after an id.</summary>
internal sealed class EventRow
{
    public long Id { get; set; }

    public required Guid StreamId { get; set; }

    public required string Type { get; set; }

    public required string Body { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
