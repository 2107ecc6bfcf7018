using KernelForge.Api.Features.Leaderboard;
using KernelForge.Api.Features.Runs;

namespace KernelForge.Api.Features.Home;

/// <summary>What goes on in the service, at a glance.</summary>
public sealed record HomePageView
{
    /// <summary>Steps that wait.</summary>
    public required long Queued { get; init; }

    /// <summary>Steps that are being run.</summary>
    public required long Working { get; init; }

    /// <summary>When the longest waiting step was accepted; null: nothing waits.</summary>
    public DateTimeOffset? OldestQueuedAt { get; init; }

    /// <summary>Worker processes seen lately.</summary>
    public required long Workers { get; init; }

    /// <summary>Steps that they run at once.</summary>
    public required long Slots { get; init; }

    /// <summary>Tasks, current versions.</summary>
    public required long Tasks { get; init; }

    /// <summary>Runs and submissions that go on.</summary>
    public required IReadOnlyList<RunSummary> Open { get; init; }

    public required IReadOnlyList<OpenSubmission> OpenSubmissions { get; init; }

    public required IReadOnlyList<RunSummary> Latest { get; init; }

    /// <summary>The winner of each board.</summary>
    public required IReadOnlyList<Board> Winners { get; init; }
}

/// <summary>A submission whose verdict is not there yet.</summary>
public sealed record OpenSubmission(Guid Id, string Task, string Origin, string State, DateTimeOffset CreatedAt);
