using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>A model that can be asked: its name, its client and its price.</summary>
public sealed record AgentModel(ModelName Name, IChatClient Client, ModelPrice? Price)
{
    /// <summary>A name that nobody answers to: for runs that ask no model.</summary>
    internal static AgentModel Nobody(ModelName name) => new(name, new ReplayChatClient(Transcript.Parse(name.ToString(), "", _ => "")), ModelPrice.Free);

    /// <summary>What a reply used, priced where the price is known.</summary>
    public ModelUsage UsageOf(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var input = response.Usage?.InputTokenCount ?? 0;
        var output = response.Usage?.OutputTokenCount ?? 0;
        return new ModelUsage
        {
            Calls = 1,
            InputTokens = input,
            OutputTokens = output,
            ReasoningTokens = response.Usage?.ReasoningTokenCount ?? 0,
            CostUsd = Price is not { } price ? null : (input * price.InputUsd + output * price.OutputUsd) / 1_000_000m,
        };
    }
}

/// <summary>US dollars for a million tokens.</summary>
public sealed record ModelPrice(decimal InputUsd, decimal OutputUsd)
{
    /// <summary>What a replay costs.</summary>
    public static ModelPrice Free { get; } = new(0m, 0m);
}
