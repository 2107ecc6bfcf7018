namespace KernelForge.Api.Features.Workers;

/// <summary>The workers' page.</summary>
public sealed record WorkersPageView(IReadOnlyList<WorkerLine> Workers);

/// <summary>A process that runs steps.</summary>
public sealed record WorkerLine
{
    public required string Name { get; init; }

    public required string Host { get; init; }

    public required int Pid { get; init; }

    public required IReadOnlyList<string> Platforms { get; init; }

    /// <summary>Steps at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Steps that it runs now.</summary>
    public required int Running { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset SeenAt { get; init; }

    /// <summary>Whether it was seen lately.</summary>
    public required bool IsAlive { get; init; }
}
