using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>How a call is sampled: from our settings to a provider's options, and what the provider took back to provenance.</summary>
public static class CallSampling
{
    private const string Key = "kernelforge.sampling";

    private static readonly Dictionary<string, ReasoningEffort> Efforts = new(StringComparer.Ordinal)
    {
        ["none"] = ReasoningEffort.None,
        ["low"] = ReasoningEffort.Low,
        ["medium"] = ReasoningEffort.Medium,
        ["high"] = ReasoningEffort.High,
        ["xhigh"] = ReasoningEffort.ExtraHigh,
    };

    /// <summary>Names of efforts, least first.</summary>
    public static IReadOnlyCollection<string> EffortNames => Efforts.Keys;

    /// <summary>Options of a call.</summary>
    public static ChatOptions ToOptions(SamplingSettings sampling)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        return new ChatOptions
        {
            Temperature = (float?)sampling.Temperature,
            TopP = (float?)sampling.TopP,
            MaxOutputTokens = sampling.MaxOutputTokens,
            Seed = sampling.Seed,
            Reasoning = sampling.ReasoningEffort is { } effort ? new ReasoningOptions { Effort = Efforts[effort] } : null,
        };
    }

    /// <summary>What options ask for.</summary>
    public static SamplingSettings Of(ChatOptions? options) => new()
    {
        // Through decimal, so that 0.2f is recorded as 0.2.
        Temperature = (double?)(decimal?)options?.Temperature,
        TopP = (double?)(decimal?)options?.TopP,
        MaxOutputTokens = options?.MaxOutputTokens,
        Seed = options?.Seed,
        ReasoningEffort = options?.Reasoning?.Effort is { } effort ? NameOf(effort) : null,
    };

    /// <summary>How a reply was sampled; null where nobody noted it.</summary>
    public static SamplingSettings? Of(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.AdditionalProperties is { } properties && properties.TryGetValue(Key, out var value) ? value as SamplingSettings : null;
    }

    /// <summary>Notes how a reply was sampled.</summary>
    internal static ChatResponse Attach(ChatResponse response, SamplingSettings sampling)
    {
        response.AdditionalProperties ??= [];
        response.AdditionalProperties[Key] = sampling;
        return response;
    }

    /// <summary>An effort as providers spell it.</summary>
    internal static string NameOf(ReasoningEffort effort) => Efforts.First(pair => pair.Value == effort).Key;
}
