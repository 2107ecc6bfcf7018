using System.ClientModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using KernelForge.Agents.Suite;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Providers;

/// <summary>
/// What every provider's client does alike: answers are streamed inside, so that long ones do not time out, and put together here; every
/// failure is a <see cref="ChatFailureException"/> that names the provider, what happened and what to do; the key never leaves. It does not retry.
/// </summary>
internal abstract class ProviderChatClient(ProviderEndpoint endpoint, string model) : IChatClient
{
    /// <summary>Characters of answer and reasoning after which reading stops: what is longer is no kernel.</summary>
    private const int LongestAnswer = 4 << 20;

    private static readonly TimeSpan ListTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Where the provider is.</summary>
    protected ProviderEndpoint Endpoint => endpoint;

    /// <summary>The model's name there.</summary>
    protected string Model => model;

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var response = await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);
        if (response.FinishReason is null)
        {
            throw new ChatFailureException(ChatFailureKind.Interrupted, $"{model} of {endpoint}: the answer ended before it was complete; try again later");
        }

        if (response.Messages.Count == 0)
        {
            response.Messages.Add(new ChatMessage(ChatRole.Assistant, ""));
        }

        response.ModelId ??= model;
        return Redacted(response);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        clock.CancelAfter(endpoint.Timeout);
        await using var updates = StreamAsync([.. messages], options ?? new ChatOptions(), clock.Token).GetAsyncEnumerator(clock.Token);
        var characters = 0L;
        while (true)
        {
            ChatResponseUpdate update;
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    yield break;
                }

                update = updates.Current;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw await ExplainAsync(Translate(exception), cancellationToken);
            }

            yield return update;
            characters += update.Contents.Sum(content => content switch { TextContent text => text.Text.Length, TextReasoningContent thought => thought.Text.Length, _ => 0 });
            if (characters > LongestAnswer)
            {
                yield return new ChatResponseUpdate { FinishReason = ChatFinishReason.Length };
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType?.IsInstanceOfType(this) == true ? this
        : serviceKey is null && serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(endpoint.Provider, endpoint.BaseAddress, model)
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The connection belongs to the caller, and the libraries' clients hold nothing else.
    }

    /// <summary>The answer as the provider's library streams it: text, reasoning, usage once, and why it ended.</summary>
    protected abstract IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IReadOnlyList<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken);

    /// <summary>The names of the provider's models; empty where it has no list.</summary>
    protected abstract Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken);

    /// <summary>An update of the assistant's.</summary>
    protected static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content]);

    /// <summary>Connections below a client library, with refusals and silences noticed on the way.</summary>
    /// <param name="connections">Shared by all; owned by the caller.</param>
    /// <param name="time">For <c>Retry-After</c> dates.</param>
    protected HttpClient Http(HttpMessageHandler connections, TimeProvider time) =>
        new(new ProviderHandler(endpoint, model, connections, time), disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    private ChatFailureException Translate(Exception exception)
    {
        var where = $"{model} of {endpoint}";
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case ChatFailureException failure:
                    return failure;
                case TimeoutException:
                    return Failure(ChatFailureKind.TimedOut, $"{where}: {cause.Message}; raise KERNELFORGE_MODEL_IDLE_SECONDS where the model thinks longer without a word");
                case JsonException or FormatException or InvalidDataException or Anthropic.Exceptions.AnthropicInvalidDataException:
                    return Failure(ChatFailureKind.Malformed, $"{where} sent something that its protocol does not know: {cause.Message}; is {endpoint.BaseAddressSetting} the right address?");
                case Anthropic.Exceptions.AnthropicSseException broken:
                    return ProviderRefusal.InStream(endpoint, model, broken.Message);
            }
        }

        return exception switch
        {
            OperationCanceledException => Failure(
                ChatFailureKind.TimedOut,
                string.Create(CultureInfo.InvariantCulture, $"{where} did not finish within {endpoint.Timeout.TotalSeconds:0.##} s; raise KERNELFORGE_MODEL_TIMEOUT_SECONDS where answers take longer")),
            _ when Chain(exception).Any(cause => cause is HttpIOException or EndOfStreamException) =>
                Failure(ChatFailureKind.Interrupted, $"{where}: the connection broke before the answer was complete; try again later"),
            HttpRequestException or IOException or ClientResultException or Anthropic.Exceptions.AnthropicIOException =>
                Failure(ChatFailureKind.Unreachable, $"{where} cannot be reached: {Chain(exception).Last().Message}; check {endpoint.BaseAddressSetting} and the network"),
            _ => Failure(ChatFailureKind.Malformed, $"{where} sent something that its protocol does not know: {exception.Message}; is {endpoint.BaseAddressSetting} the right address?"),
        };

        ChatFailureException Failure(ChatFailureKind kind, string message) =>
            new(kind, endpoint.Redact(message), null, exception.ToString() is var text && endpoint.Redact(text) == text ? exception : null);
    }

    /// <summary>Adds to an unknown model the names that may have been meant.</summary>
    private async Task<ChatFailureException> ExplainAsync(ChatFailureException failure, CancellationToken cancellationToken)
    {
        if (failure.Kind != ChatFailureKind.UnknownModel)
        {
            return failure;
        }

        try
        {
            using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            clock.CancelAfter(ListTimeout);
            var near = NearNames.Of(model, await ListModelsAsync(clock.Token));
            return near.Count == 0 ? failure : new ChatFailureException(failure.Kind, $"{failure.Message} Did you mean {string.Join(" or ", near)}?", failure.RetryAfter, failure.InnerException);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The list was a courtesy; the failure itself is what counts.
            return failure;
        }
    }

    private ChatResponse Redacted(ChatResponse response)
    {
        foreach (var content in response.Messages.SelectMany(message => message.Contents))
        {
            switch (content)
            {
                case TextContent text:
                    text.Text = endpoint.Redact(text.Text);
                    break;
                case TextReasoningContent thought:
                    thought.Text = endpoint.Redact(thought.Text);
                    break;
            }
        }

        return response;
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
