using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Decorators;

/// <summary>Keeps within a provider's limits instead of running into them.</summary>
internal sealed class RateLimitingChatClient(IChatClient inner, CallRate rate) : DelegatingChatClient(inner)
{
    private const int CharactersPerToken = 4;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = messages.ToList();
        var guess = (sent.Sum(message => (long)message.Text.Length) / CharactersPerToken) + (options?.MaxOutputTokens ?? 0);
        using var permit = await rate.EnterAsync(guess, cancellationToken);
        var response = await base.GetResponseAsync(sent, options, cancellationToken);
        if (response.Usage is { } usage)
        {
            permit.Used((usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0));
        }

        return response;
    }
}
