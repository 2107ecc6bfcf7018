using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Decorators;

/// <summary>
/// Asks again where the failure may pass: after as long as the provider asked for, else after 2, 8, 30 s, with jitter, so that runs that
/// failed together do not come back together.
/// </summary>
/// <param name="inner">Who is asked.</param>
/// <param name="time">The clock.</param>
/// <param name="jitter">A number from 0 to 1.</param>
/// <param name="retries">How often at most.</param>
internal sealed class RetryingChatClient(IChatClient inner, TimeProvider time, Func<double> jitter, int retries = RetryingChatClient.DefaultRetries) : DelegatingChatClient(inner)
{
    /// <summary>Asks after the first.</summary>
    public const int DefaultRetries = 3;

    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(30)];

    /// <summary>Whoever asks for more is not waited for: the run ends and can be resumed.</summary>
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
            catch (ChatFailureException failure) when (failure.Transient && attempt < retries && !(failure.RetryAfter > LongestWait))
            {
                await Task.Delay(WaitOf(failure.RetryAfter, attempt), time, cancellationToken);
            }
        }
    }

    /// <summary>Never less than was asked for; of our own waits, half to whole.</summary>
    private TimeSpan WaitOf(TimeSpan? asked, int attempt)
    {
        var wait = Waits[Math.Min(attempt, Waits.Length - 1)];
        return asked is { } least ? least + (jitter() * TimeSpan.FromSeconds(1)) : wait * (0.5 + (jitter() / 2));
    }
}
