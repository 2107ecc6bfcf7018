using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Tests.Chat;

/// <summary>A client in memory: answers, waits or fails as a test says, and counts.</summary>
internal sealed class ScriptedClient(Func<int, Task<ChatResponse>> answer) : IChatClient
{
    private int _calls;
    private int _running;

    public int Calls => _calls;

    /// <summary>Most calls that went on at once.</summary>
    public int MostAtOnce { get; private set; }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var number = Interlocked.Increment(ref _calls) - 1;
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
        try
        {
            return await answer(number);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    public static ChatResponse Reply(string text = "yes", long input = 100, long output = 20) => new(new ChatMessage(ChatRole.Assistant, text))
    {
        FinishReason = ChatFinishReason.Stop,
        Usage = new UsageDetails { InputTokenCount = input, OutputTokenCount = output },
    };
}
