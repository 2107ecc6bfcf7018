using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Service;

/// <summary><c>POST /api/v1/submissions</c>: one solution to judge.</summary>
public sealed record SubmissionOrder
{
    /// <summary>A task's name, <c>kernelbench:L1/26</c>, or a hash of a task that the service holds.</summary>
    public required string Task { get; init; }

    /// <summary>The solution: device code and a launch plan, at most 1 MiB.</summary>
    public required string Code { get; init; }

    /// <summary><c>sim</c>.</summary>
    public string Platform { get; init => field = string.IsNullOrEmpty(value) ? "sim" : value; } = "sim";

    /// <summary>A GPU, or on <c>sim</c> a GPU profile; null: the platform's default.</summary>
    public string? Device { get; init; }

    /// <summary>Only this preset: correctness, no ranked time; null: <c>small</c> and <c>odd</c> for correctness and <c>full</c> for time.</summary>
    public string? Preset { get; init; }
}

/// <summary>What a <c>POST</c> that queues something answers with 202.</summary>
public sealed record Accepted
{
    /// <summary>The submission or run.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its lifecycle: <c>queued</c>; something later where the same request was answered before.</summary>
    public required string Status { get; init; }
}

/// <summary><c>GET /api/v1/submissions/{id}</c>: lifecycle and verdict, which are separate.</summary>
public sealed record SubmissionStatus
{
    public required Guid Id { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    public required string TaskSha256 { get; init; }

    public required string SolutionSha256 { get; init; }

    public required string Platform { get; init; }

    public string? Device { get; init; }

    public string? Preset { get; init; }

    /// <summary><c>api</c>, <c>verification</c> or <c>schedule</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Why there is no verdict; null unless <c>failed</c>, or being tried again.</summary>
    public string? Failure { get; init; }

    /// <summary>The verdict; null before there is one.</summary>
    public EvaluationOutcome? Outcome { get; init; }

    /// <summary>When a second evaluation under new secret seeds confirmed it; null: it does not stand on a board (yet).</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
