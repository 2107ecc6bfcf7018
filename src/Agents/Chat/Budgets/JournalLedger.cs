using KernelForge.Agents.Attempts;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Chat.Budgets;

/// <summary>What a run spent, from the calls in its own journal: the scope of a run needs no other file.</summary>
/// <param name="journal">The run's.</param>
/// <param name="usageOf">Prices a recorded call.</param>
internal sealed class JournalLedger(IRunJournal journal, Func<TranscriptEntry, ModelUsage> usageOf) : IUsageLedger
{
    private readonly Lock _lock = new();
    private Task<ModelUsage>? _earlier;
    private ModelUsage _own = ModelUsage.None;

    /// <inheritdoc/>
    public async Task<ModelUsage> SpentAsync(string scope, CancellationToken cancellationToken)
    {
        Task<ModelUsage> reading;
        lock (_lock)
        {
            // Once: what this process adds does not need to be read back.
            _earlier = reading = _earlier is null or { IsFaulted: true } ? ReadAsync() : _earlier;
        }

        var earlier = await reading.WaitAsync(cancellationToken);
        lock (_lock)
        {
            return earlier + _own;
        }
    }

    /// <inheritdoc/>
    public Task AddAsync(string scope, ModelUsage usage)
    {
        lock (_lock)
        {
            _own += usage;
        }

        return Task.CompletedTask;
    }

    private async Task<ModelUsage> ReadAsync()
    {
        var calls = await journal.ReadCallsAsync(CancellationToken.None);
        return calls.Aggregate(ModelUsage.None, (sum, line) => sum + Known(usageOf(line.Entry)));
    }

    private static ModelUsage Known(ModelUsage usage) => usage with { CostUsd = usage.CostUsd ?? 0 };
}
