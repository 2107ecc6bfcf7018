using KernelForge.Contracts.Outcomes;

namespace KernelForge.Api.Features.Submissions;

/// <summary>A submission: its lifecycle and its verdict, which are separate.</summary>
public sealed record SubmissionPageView
{
    public required Guid Id { get; init; }

    public required string Task { get; init; }

    public required string SolutionSha256 { get; init; }

    public required string State { get; init; }

    public required string Origin { get; init; }

    public required string Platform { get; init; }

    public string? Device { get; init; }

    public string? Preset { get; init; }

    public string? Model { get; init; }

    public string? Strategy { get; init; }

    public string? Failure { get; init; }

    /// <summary>How often it was tried: more than once only where the machine failed.</summary>
    public int Tries { get; init; }

    public string? Worker { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public EvaluationOutcome? Outcome { get; init; }

    /// <summary>Whether more will happen.</summary>
    public bool IsOpen => State is "queued" or "running";
}
