using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Decorators;

/// <summary>Gives again what was answered to the same question, at no cost, where that is what the model would do too, or where it is asked for.</summary>
internal sealed class CachingChatClient(IChatClient inner, AnswerCache cache, CachePolicy policy, string model, Uri address) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var deterministic = options?.Temperature == 0 || options?.Seed is not null;
        if (policy == CachePolicy.Off || (policy == CachePolicy.Deterministic && !deterministic))
        {
            return await base.GetResponseAsync(messages, options, cancellationToken);
        }

        var sent = messages.ToList();
        var key = AnswerCache.KeyOf(model, address, sent, options);
        if (await cache.FindAsync(key, cancellationToken) is { } kept)
        {
            // Nothing is used: the tokens were paid for before.
            return TranscriptEntry.ToResponse(kept with { Usage = new TranscriptUsage() }, kept.Text ?? "", model);
        }

        var response = await base.GetResponseAsync(sent, options, cancellationToken);
        if (response.FinishReason == ChatFinishReason.Stop)
        {
            var purpose = CallPurpose.Of(options) ?? new CallPurpose("none", "coder", 0, RoundModes.First);
            await cache.KeepAsync(key, TranscriptEntry.Of(purpose, response, model));
        }

        return response;
    }
}
