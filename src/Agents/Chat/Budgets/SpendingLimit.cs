using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Chat.Budgets;

/// <summary>Most that may be spent in one scope: a run, a benchmark, a day. Null: no limit.</summary>
/// <param name="Scope">What the ledger knows it by: <c>run:…</c>, <c>benchmark:…</c>, <c>day:2026-11-22</c>.</param>
/// <param name="Title">What messages call it: <c>the budget of this run</c>.</param>
/// <param name="CostUsd">US dollars.</param>
/// <param name="Tokens">Tokens in and out.</param>
public sealed record SpendingLimit(string Scope, string Title, decimal? CostUsd, long? Tokens)
{
    /// <summary>Whether so much, with what is going on, uses it up.</summary>
    internal bool IsReached(ModelUsage spent, ModelUsage goingOn) =>
        (CostUsd is { } usd && (spent.CostUsd ?? 0) + (goingOn.CostUsd ?? 0) >= usd)
        || (Tokens is { } tokens && TokensOf(spent) + TokensOf(goingOn) >= tokens);

    /// <summary>Why another call is not allowed.</summary>
    internal BudgetException Exceeded(ModelUsage spent) => Tokens is { } most && TokensOf(spent) >= most
        ? new BudgetException("budget_tokens", $"{Title}: {TokensOf(spent)} tokens are used; allowed are {most}")
        : new BudgetException("budget_cost", FormattableString.Invariant($"{Title}: {spent.CostUsd ?? 0:0.####} US dollars are spent; allowed are {CostUsd:0.####}"));

    private static long TokensOf(ModelUsage usage) => usage.InputTokens + usage.OutputTokens;
}
