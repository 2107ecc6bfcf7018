using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Chat.Budgets;

/// <summary>
/// Lets calls through while a limit allows. The call that reaches a limit is finished; near the limit calls go one at a time, so that
/// those that go on together cannot all be the last one.
/// </summary>
internal sealed class SpendingGate(SpendingLimit limit, IUsageLedger ledger)
{
    private readonly Lock _lock = new();
    private ModelUsage _goingOn = ModelUsage.None;
    private TaskCompletionSource _changed = New();

    /// <summary>The scope of its limit.</summary>
    public string Scope => limit.Scope;

    /// <summary>The ledger that it reads.</summary>
    public IUsageLedger Ledger => ledger;

    /// <summary>Waits until a call that may use so much is allowed; <see cref="Leave"/> ends it.</summary>
    /// <exception cref="BudgetException">No call is allowed any more.</exception>
    public async Task EnterAsync(ModelUsage estimate, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            var spent = await ledger.SpentAsync(limit.Scope, cancellationToken);
            if (limit.IsReached(spent, ModelUsage.None))
            {
                throw limit.Exceeded(spent);
            }

            lock (_lock)
            {
                if (_goingOn.Calls == 0 || !limit.IsReached(spent, _goingOn))
                {
                    _goingOn += estimate;
                    return;
                }
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>A call has ended, and the ledger has what it used.</summary>
    public void Leave(ModelUsage estimate)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _goingOn = new ModelUsage
            {
                Calls = _goingOn.Calls - estimate.Calls,
                InputTokens = _goingOn.InputTokens - estimate.InputTokens,
                OutputTokens = _goingOn.OutputTokens - estimate.OutputTokens,
                CostUsd = _goingOn.CostUsd - estimate.CostUsd,
            };
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
