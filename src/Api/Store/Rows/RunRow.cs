namespace KernelForge.Api.Store.Rows;

/// <summary>A search by agents.</summary>
internal sealed class RunRow
{
    public required Guid Id { get; set; }

    public required string TaskSha256 { get; set; }

    public required string Strategy { get; set; }

    public required string Coder { get; set; }

    public required string Judge { get; set; }

    public int Rounds { get; set; }

    public decimal? BudgetUsd { get; set; }

    public double? TargetSpeedup { get; set; }

    public required string Platform { get; set; }

    public string? Device { get; set; }

    public required string State { get; set; }

    public string? StopReason { get; set; }

    public string? StopMessage { get; set; }

    public string? Failure { get; set; }

    public int? BestRound { get; set; }

    public int Calls { get; set; }

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    public long ReasoningTokens { get; set; }

    public decimal? CostUsd { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
}
