using KernelForge.Contracts.Runs;

namespace KernelForge.Contracts.Service;

/// <summary><c>POST /api/v1/runs</c>: a search by agents.</summary>
public sealed record RunOrder
{
    /// <summary>A task's name, <c>kernelbench:L1/26</c>, or a hash of a task that the service holds.</summary>
    public required string Task { get; init; }

    /// <summary><c>coder-judge</c>, <c>self-refine</c>, <c>best-of-n</c>, <c>single</c>, <c>cudaforge</c>, <c>evolve</c>, <c>portfolio</c> or <c>tune</c>.</summary>
    public string Strategy { get; init => field = string.IsNullOrEmpty(value) ? "coder-judge" : value; } = "coder-judge";

    /// <summary>The Coder's model: <c>openai:MODEL</c>, <c>compatible:NAME/MODEL</c>, <c>replay:TRANSCRIPT</c>, <c>simulated:student</c>;
    /// for <c>portfolio</c> several with commas between, for <c>tune</c> <c>solution:SHA256</c>.</summary>
    public required string Coder { get; init; }

    /// <summary>The Judge's model, or <c>rules</c>.</summary>
    public string Judge { get; init => field = string.IsNullOrEmpty(value) ? "rules" : value; } = "rules";

    /// <summary>For <c>tune</c>: the solution whose tunables are tried; null: the service holds the one that <see cref="Coder"/> names.</summary>
    public string? Solution { get; init; }

    /// <summary>Most rounds, 1 to 1000; null: 5.</summary>
    public int? Rounds { get; init; }

    /// <summary><c>sim</c>.</summary>
    public string Platform { get; init => field = string.IsNullOrEmpty(value) ? "sim" : value; } = "sim";

    /// <summary>A GPU, or on <c>sim</c> a GPU profile; null: the platform's default.</summary>
    public string? Device { get; init; }

    /// <summary>Most US dollars; null: no limit.</summary>
    public decimal? BudgetUsd { get; init; }

    /// <summary>Stop when the best is that many times faster than its baseline; null: never.</summary>
    public double? TargetSpeedup { get; init; }
}

/// <summary><c>GET /api/v1/runs/{id}</c>: lifecycle, and the report as far as it has come.</summary>
public sealed record RunStatus
{
    public required Guid Id { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }

    public required string TaskSha256 { get; init; }

    public required string Coder { get; init; }

    public required string Judge { get; init; }

    /// <summary>Most rounds.</summary>
    public required int Rounds { get; init; }

    public required string Platform { get; init; }

    public string? Device { get; init; }

    /// <summary>Why it failed, or is being tried again; null otherwise.</summary>
    public string? Failure { get; init; }

    /// <summary>Finished rounds, the best, usage: what <c>run --json</c> prints. <c>stop_reason</c> is empty while it goes on.</summary>
    public required RunReport Report { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }
}
