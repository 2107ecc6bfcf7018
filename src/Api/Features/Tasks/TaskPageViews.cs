using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Leaderboard;
using KernelForge.Api.Features.Runs;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Api.Features.Tasks;

/// <summary>The tasks' page.</summary>
public sealed record TasksPageView
{
    /// <summary>Those that are wanted, by name.</summary>
    public required IReadOnlyList<TaskLine> Tasks { get; init; }

    /// <summary>What is wanted.</summary>
    public required TaskTraits Filter { get; init; }

    /// <summary>What all tasks have.</summary>
    public required IReadOnlyList<TaskTraits> Known { get; init; }
}

/// <summary>A task in the list.</summary>
public sealed record TaskLine
{
    public required string Name { get; init; }

    public string? Category { get; init; }

    public string? Origin { get; init; }

    public string? Kernelbench { get; init; }

    public string? Difficulty { get; init; }

    public string Sha256 { get; init; } = "";

    /// <summary>Whether its results may stand on a board; null before it was audited.</summary>
    public bool? Ranked { get; init; }

    /// <summary>What it costs at least; null: nobody priced it.</summary>
    public SpeedOfLight? Cost { get; init; }

    /// <summary>Solutions on its boards.</summary>
    public long Solutions { get; init; }

    /// <summary>The board whose winner has the largest speed-up; null: nobody stands on one.</summary>
    public Board? Best { get; init; }
}

/// <summary>A task's page.</summary>
public sealed record TaskPageView
{
    public required TaskLine Task { get; init; }

    public required string Sha256 { get; init; }

    /// <summary>The variant that ranks; null: there is none.</summary>
    public string? Strict { get; init; }

    public required string Source { get; init; }

    public string? Reason { get; init; }

    /// <summary>What the audit looked at; empty where there was none.</summary>
    public required IReadOnlyList<AuditEvidence> Evidence { get; init; }

    public required IReadOnlyList<string> Presets { get; init; }

    public required IReadOnlyList<Board> Boards { get; init; }

    public required IReadOnlyList<RunSummary> Runs { get; init; }

    public required IReadOnlyList<TaskFigure> Figures { get; init; }
}

/// <summary>What a task costs without us, or at best, in one environment.</summary>
/// <param name="Name">A baseline's name, or <c>speed_of_light</c>.</param>
/// <param name="Platform">Where.</param>
/// <param name="Device">On what.</param>
/// <param name="LatencyMs">Milliseconds at <c>full</c>.</param>
public sealed record TaskFigure(string Name, string Platform, string Device, double LatencyMs);
