using KernelForge.Api.Pages;
using KernelForge.Contracts.Runs;

namespace KernelForge.Api.Features.Runs;

/// <summary>A run as far as it has come.</summary>
public sealed record RunPageView
{
    public required Guid Id { get; init; }

    public required string Task { get; init; }

    public required string State { get; init; }

    public required string Strategy { get; init; }

    public required string Coder { get; init; }

    public required string Judge { get; init; }

    /// <summary>Most rounds.</summary>
    public required int Rounds { get; init; }

    public required string Platform { get; init; }

    public string? Device { get; init; }

    public decimal? BudgetUsd { get; init; }

    public double? TargetSpeedup { get; init; }

    public string? StopReason { get; init; }

    public string? StopMessage { get; init; }

    public string? Failure { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What its calls used: of the whole run, or of the rounds so far while it goes on.</summary>
    public required ModelUsage Usage { get; init; }

    /// <summary>Every finished round in figures.</summary>
    public required IReadOnlyList<RoundLine> Lines { get; init; }

    /// <summary>Rounds in full, the newest first: a page of them.</summary>
    public required IReadOnlyList<RoundDetails> Details { get; init; }

    /// <summary>Older rounds are on the page of rounds before this one; null: there are none.</summary>
    public int? Before { get; init; }

    /// <summary>The round that is being made; null: none is.</summary>
    public RoundGoingOn? GoingOn { get; init; }

    /// <summary>Whether more will happen.</summary>
    public bool IsOpen => State is "queued" or "running";

    /// <summary>The fastest that passed; null: none did with a time.</summary>
    public RoundLine? Best => Lines.Where(line => line is { Status: "passed", LatencyMs: not null }).MinBy(line => line.LatencyMs);
}

/// <summary>A finished round in figures.</summary>
public sealed record RoundLine
{
    public required int Round { get; init; }

    public required string Mode { get; init; }

    public int? Parent { get; init; }

    public required string Status { get; init; }

    public required string Model { get; init; }

    public double? Gain { get; init; }

    public double? LatencyMs { get; init; }

    /// <summary><c>modelled</c> or <c>measured</c>.</summary>
    public string? Kind { get; init; }

    public string? Baseline { get; init; }

    public double? SpeedupFactor { get; init; }

    public double? SpeedOfLightMs { get; init; }

    public double? SpeedOfLightFraction { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>The baseline's own latency, which the factor was made of.</summary>
    public double? BaselineMs => LatencyMs * SpeedupFactor;
}

/// <summary>A finished round in full.</summary>
/// <param name="Line">Its figures.</param>
/// <param name="Attempt">Everything that was kept of it.</param>
/// <param name="Changes">Its code against its parent's; null: there is no parent, or one of them has no code.</param>
public sealed record RoundDetails(RoundLine Line, AttemptRecord Attempt, IReadOnlyList<DiffLine>? Changes);

/// <summary>A round that is being made.</summary>
/// <param name="Round">Its number.</param>
/// <param name="Mode">What the Coder is asked for.</param>
/// <param name="Since">When it began.</param>
/// <param name="Steps">What has happened in it.</param>
/// <param name="Advice">The advice that it follows, as far as it is known.</param>
public sealed record RoundGoingOn(int Round, string Mode, DateTimeOffset Since, IReadOnlyList<string> Steps, JudgeAdvice? Advice);
