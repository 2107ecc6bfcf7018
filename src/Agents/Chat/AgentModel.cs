using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>A model that can be asked: its name, its client and its price.</summary>
public sealed record AgentModel(ModelName Name, IChatClient Client, ModelPrice? Price)
{
    /// <summary>Name of the count of tokens written to a prompt cache (<see cref="UsageDetails.AdditionalCounts"/>).</summary>
    internal const string CacheWriteTokens = "cache_write_tokens";

    /// <summary>A name that nobody answers to: for runs that ask no model.</summary>
    internal static AgentModel Nobody(ModelName name) => new(name, new ReplayChatClient(Transcript.Parse(name.ToString(), "", _ => "")), ModelPrice.Free);

    /// <summary>What a reply used, priced where the price is known.</summary>
    public ModelUsage UsageOf(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return UsageOf(response.Usage, Price);
    }

    /// <summary>What one call used; its cost is unknown where the provider does not say what was used, or the price is not known.</summary>
    internal static ModelUsage UsageOf(UsageDetails? details, ModelPrice? price)
    {
        ModelUsage usage = new()
        {
            Calls = 1,
            InputTokens = details?.InputTokenCount ?? 0,
            CachedInputTokens = details?.CachedInputTokenCount ?? 0,
            CacheWriteTokens = details?.AdditionalCounts?.GetValueOrDefault(CacheWriteTokens) ?? 0,
            OutputTokens = details?.OutputTokenCount ?? 0,
            ReasoningTokens = details?.ReasoningTokenCount ?? 0,
        };
        return usage with { CostUsd = price == ModelPrice.Free || details is { InputTokenCount: 0, OutputTokenCount: 0 } ? 0m : details is null ? null : price?.CostOf(usage) };
    }
}
