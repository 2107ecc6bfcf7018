namespace KernelForge.Api.Store.Rows;

/// <summary>A worker process and when it was last seen.</summary>
internal sealed class WorkerRow
{
    public required string Name { get; set; }

    public required string Host { get; set; }

    public int Pid { get; set; }

    public string[] Platforms { get; set; } = [];

    public int Slots { get; set; }

    public required string Version { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset SeenAt { get; set; }
}
