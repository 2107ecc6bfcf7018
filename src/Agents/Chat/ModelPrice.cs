using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Chat;

/// <summary>US dollars for a million tokens.</summary>
/// <param name="InputUsd">Tokens sent.</param>
/// <param name="OutputUsd">Tokens received, reasoning included.</param>
/// <param name="CachedInputUsd">Tokens sent that the provider had in its prompt cache; null: as <paramref name="InputUsd"/>, which is never too little.</param>
/// <param name="CacheWriteUsd">Tokens sent that it wrote there; null: as <paramref name="InputUsd"/>.</param>
/// <param name="LongPrompt">What all tokens of a call with a long prompt cost; null: the same.</param>
public sealed record ModelPrice(decimal InputUsd, decimal OutputUsd, decimal? CachedInputUsd = null, decimal? CacheWriteUsd = null, LongPromptPrice? LongPrompt = null)
{
    /// <summary>What a replay costs.</summary>
    public static ModelPrice Free { get; } = new(0m, 0m);

    /// <summary>What the tokens of one call cost.</summary>
    public decimal CostOf(ModelUsage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        if (LongPrompt is { } longer && usage.InputTokens > longer.AboveTokens)
        {
            return longer.Price.CostOf(usage);
        }

        var plain = Math.Max(0, usage.InputTokens - usage.CachedInputTokens - usage.CacheWriteTokens);
        return ((plain * InputUsd) + (usage.CachedInputTokens * (CachedInputUsd ?? InputUsd)) + (usage.CacheWriteTokens * (CacheWriteUsd ?? InputUsd)) + (usage.OutputTokens * OutputUsd)) / 1_000_000m;
    }
}

/// <summary>The price of calls whose prompt is longer than so many tokens.</summary>
public sealed record LongPromptPrice(long AboveTokens, ModelPrice Price);
