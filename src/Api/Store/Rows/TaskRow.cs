namespace KernelForge.Api.Store.Rows;

/// <summary>A version of a task file. <c>current</c> marks the version that a name stands for now.</summary>
internal sealed class TaskRow
{
    public required string Sha256 { get; set; }

    public required string Name { get; set; }

    public string? Category { get; set; }

    public required string Source { get; set; }

    public string? Origin { get; set; }

    public string? Kernelbench { get; set; }

    public string? Difficulty { get; set; }

    public bool? Ranked { get; set; }

    public string? Reason { get; set; }

    public string[] Presets { get; set; } = [];

    public bool Current { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
