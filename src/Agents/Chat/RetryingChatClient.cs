using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat;

/// <summary>
/// Asks again where the failure may pass: as long as the provider asked for, else 2, 8, 30 s. Whole answers only: a stream
/// that has begun cannot begin again.
/// </summary>
public sealed class RetryingChatClient(IChatClient inner, TimeProvider time) : DelegatingChatClient(inner)
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(30)];
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = messages.ToList();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await base.GetResponseAsync(sent, options, cancellationToken);
            }
            catch (ChatFailureException failure) when (failure.Transient && attempt < Waits.Length && !(failure.RetryAfter > LongestWait))
            {
                await Task.Delay(failure.RetryAfter ?? Waits[attempt], time, cancellationToken);
            }
        }
    }
}
