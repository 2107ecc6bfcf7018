namespace KernelForge.Agents.Chat.Budgets;

/// <summary>What one run may spend, beside the day's and the benchmark's budgets of the settings.</summary>
public sealed record RunBudget
{
    /// <summary>US dollars; null: no limit.</summary>
    public decimal? CostUsd { get; init; }

    /// <summary>Tokens in and out; null: no limit.</summary>
    public long? Tokens { get; init; }

    /// <summary>The benchmark that the run is part of; null: none.</summary>
    public string? Benchmark { get; init; }
}
