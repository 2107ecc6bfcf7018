using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Chat.Budgets;

/// <summary>What was spent, by scope (<see cref="SpendingLimit.Scope"/>). Durable where budgets outlive a process: a file, or a service's rows.</summary>
public interface IUsageLedger
{
    /// <summary>What was spent in a scope so far.</summary>
    Task<ModelUsage> SpentAsync(string scope, CancellationToken cancellationToken);

    /// <summary>Adds to a scope what a call used. Not cancellable: it is spent.</summary>
    Task AddAsync(string scope, ModelUsage usage);
}
