using KernelForge.Agents.Chat.Budgets;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Decorators;

/// <summary>Asks only while every budget allows, and books what each call used before anyone sees the answer.</summary>
/// <param name="inner">Who is asked.</param>
/// <param name="price">The model's price; null: not known, and no budget is in money.</param>
/// <param name="gates">The budgets in force now: the run's, the benchmark's, the day's.</param>
internal sealed class BudgetChatClient(IChatClient inner, ModelPrice? price, Func<IReadOnlyList<SpendingGate>> gates) : DelegatingChatClient(inner)
{
    private const int CharactersPerToken = 4;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = messages.ToList();
        var estimate = Estimate(sent, options);
        List<SpendingGate> entered = [];
        try
        {
            foreach (var gate in gates())
            {
                await gate.EnterAsync(estimate, cancellationToken);
                entered.Add(gate);
            }

            var response = await base.GetResponseAsync(sent, options, cancellationToken);
            await BookAsync(entered, response.Usage is null ? estimate : AgentModel.UsageOf(response.Usage, price));
            return response;
        }
        finally
        {
            entered.ForEach(gate => gate.Leave(estimate));
        }
    }

    private static async Task BookAsync(IReadOnlyList<SpendingGate> gates, ModelUsage usage)
    {
        if (usage is { InputTokens: 0, OutputTokens: 0 })
        {
            // From the cache.
            return;
        }

        foreach (var gate in gates)
        {
            await gate.Ledger.AddAsync(gate.Scope, usage with { CostUsd = usage.CostUsd ?? 0 });
        }
    }

    /// <summary>What a call may use at most; booked where the provider does not say what it used.</summary>
    private ModelUsage Estimate(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        ModelUsage usage = new()
        {
            Calls = 1,
            InputTokens = messages.Sum(message => (long)message.Text.Length) / CharactersPerToken,
            OutputTokens = options?.MaxOutputTokens ?? 0,
        };
        return usage with { CostUsd = price?.CostOf(usage) ?? 0 };
    }
}
