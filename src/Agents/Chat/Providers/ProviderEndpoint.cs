namespace KernelForge.Agents.Chat.Providers;

/// <summary>Where a provider is and how it is spoken to.</summary>
public sealed record ProviderEndpoint
{
    /// <summary>Shortest key that is looked for in texts: a placeholder such as <c>none</c> is an ordinary word.</summary>
    private const int ShortestSecret = 12;

    /// <summary>Its name in messages and telemetry: <c>openai</c>, <c>anthropic</c>, <c>azure</c>, <c>compatible:NAME</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>Base address, the version's part included where the protocol has one: <c>https://api.openai.com/v1</c>.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The setting that moves it, for messages.</summary>
    public required string BaseAddressSetting { get; init; }

    /// <summary>The key.</summary>
    public required string ApiKey { get; init; }

    /// <summary>The setting that the key came from, for messages.</summary>
    public required string ApiKeySetting { get; init; }

    /// <summary>Send <c>max_tokens</c> (compatible servers) instead of <c>max_completion_tokens</c> (OpenAI).</summary>
    public bool UseMaxTokens { get; init; }

    /// <summary>Longest wait for a whole answer; models that reason take minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Longest wait for the next sign of life.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A text without the key.</summary>
    public string Redact(string text) => ApiKey.Length < ShortestSecret ? text : text.Replace(ApiKey, "[key]", StringComparison.Ordinal);

    /// <summary>Without the key: records print their members.</summary>
    public override string ToString() => $"{Provider} at {BaseAddress}";
}
