using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace KernelForge.Agents.Chat;

/// <summary>Where an OpenAI-compatible server is and how it is spoken to.</summary>
public sealed record OpenAiEndpoint
{
    /// <summary>Base address, <c>/v1</c> included: <c>https://api.openai.com/v1</c>.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The key.</summary>
    public required string ApiKey { get; init; }

    /// <summary>The setting that the key came from, for messages.</summary>
    public required string ApiKeySetting { get; init; }

    /// <summary>Send <c>max_tokens</c> (compatible servers) instead of <c>max_completion_tokens</c> (OpenAI).</summary>
    public bool UseMaxTokens { get; init; }

    /// <summary>Longest wait for an answer; models that reason take minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(20);
}

/// <summary>
/// <see cref="IChatClient"/> over OpenAI's own package (whose adapter cannot be had, packages.md): text and reasoning in, text,
/// reasoning and usage out, whole and streamed. Every failure is a <see cref="ChatFailureException"/>. It does not retry.
/// </summary>
public sealed class OpenAiChatClient : IChatClient
{
    private readonly ChatClient _client;
    private readonly OpenAiEndpoint _endpoint;
    private readonly string _model;

    /// <summary>A client of one model at one endpoint.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="model">The model's name there.</param>
    /// <param name="http">The connection, owned by the caller.</param>
    public OpenAiChatClient(OpenAiEndpoint endpoint, string model, HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
        _model = model;
        _client = new ChatClient(model, new ApiKeyCredential(endpoint.ApiKey), new OpenAIClientOptions
        {
            Endpoint = new Uri(endpoint.BaseAddress.AbsoluteUri.TrimEnd('/') + "/"),
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = endpoint.Timeout,
        });
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            var result = await _client.CompleteChatAsync(ToOpenAI(messages), ToOpenAI(options), cancellationToken);
            var completion = result.Value;
            List<AIContent> contents = [];
#pragma warning disable SCME0001 // Patch is the package's door to members that it does not know.
            if (completion.Patch.TryGetValue("$.choices[0].message.reasoning_content"u8, out string? reasoning) && !string.IsNullOrEmpty(reasoning))
            {
                contents.Add(new TextReasoningContent(reasoning));
            }
#pragma warning restore SCME0001

            contents.Add(new TextContent(string.Concat(completion.Content.Select(part => part.Text)) is { Length: > 0 } text ? text : completion.Refusal ?? ""));
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
            {
                ResponseId = completion.Id,
                ModelId = completion.Model ?? _model,
                CreatedAt = completion.CreatedAt,
                FinishReason = string.IsNullOrEmpty(completion.Refusal) ? ToFinishReason(completion.FinishReason) : ChatFinishReason.ContentFilter,
                Usage = ToUsage(completion.Usage),
            };
        }
        catch (Exception exception) when (Translate(exception, cancellationToken) is not null)
        {
            throw Translate(exception, cancellationToken)!;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = _client.CompleteChatStreamingAsync(ToOpenAI(messages), ToOpenAI(options), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            StreamingChatCompletionUpdate update;
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    yield break;
                }

                update = updates.Current;
            }
            catch (Exception exception) when (Translate(exception, cancellationToken) is not null)
            {
                throw Translate(exception, cancellationToken)!;
            }

            yield return ToUpdate(update);
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType?.IsInstanceOfType(this) == true ? this
        : serviceKey is null && serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("openai", _endpoint.BaseAddress, _model)
        : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        // The connection belongs to the caller, and the package's client holds nothing else.
    }

    private static List<OpenAI.Chat.ChatMessage> ToOpenAI(IEnumerable<ChatMessage> messages)
    {
        List<OpenAI.Chat.ChatMessage> converted = [];
        foreach (var message in messages)
        {
            converted.Add(message.Role.Value switch
            {
                "system" => new SystemChatMessage(message.Text),
                "assistant" => new AssistantChatMessage(message.Text),
                _ => new UserChatMessage(message.Text),
            });
        }

        return converted;
    }

    private ChatCompletionOptions ToOpenAI(ChatOptions? options)
    {
        ChatCompletionOptions converted = new() { Temperature = options?.Temperature, TopP = options?.TopP };
        if (options?.MaxOutputTokens is { } limit)
        {
            if (_endpoint.UseMaxTokens)
            {
#pragma warning disable SCME0001
                converted.Patch.Set("$.max_tokens"u8, limit);
#pragma warning restore SCME0001
            }
            else
            {
                converted.MaxOutputTokenCount = limit;
            }
        }

        foreach (var stop in options?.StopSequences ?? [])
        {
            converted.StopSequences.Add(stop);
        }

        return converted;
    }

    private ChatResponseUpdate ToUpdate(StreamingChatCompletionUpdate update)
    {
        ChatResponseUpdate converted = new() { Role = ChatRole.Assistant, ResponseId = update.CompletionId, ModelId = update.Model ?? _model };
#pragma warning disable SCME0001
        if (update.Patch.TryGetValue("$.choices[0].delta.reasoning_content"u8, out string? reasoning) && !string.IsNullOrEmpty(reasoning))
        {
            converted.Contents.Add(new TextReasoningContent(reasoning));
        }
#pragma warning restore SCME0001

        var text = new StringBuilder().AppendJoin("", update.ContentUpdate.Select(part => part.Text)).Append(update.RefusalUpdate).ToString();
        if (text.Length > 0)
        {
            converted.Contents.Add(new TextContent(text));
        }

        if (ToUsage(update.Usage) is { } usage)
        {
            converted.Contents.Add(new UsageContent(usage));
        }

        converted.FinishReason = ToFinishReason(update.FinishReason);
        return converted;
    }

    private static UsageDetails? ToUsage(ChatTokenUsage? usage) => usage is null ? null : new UsageDetails
    {
        InputTokenCount = usage.InputTokenCount,
        OutputTokenCount = usage.OutputTokenCount,
        TotalTokenCount = usage.TotalTokenCount,
        ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
    };

    private static ChatFinishReason? ToFinishReason(OpenAI.Chat.ChatFinishReason? reason) => reason switch
    {
        OpenAI.Chat.ChatFinishReason.Stop => ChatFinishReason.Stop,
        OpenAI.Chat.ChatFinishReason.Length => ChatFinishReason.Length,
        OpenAI.Chat.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        OpenAI.Chat.ChatFinishReason.ToolCalls or OpenAI.Chat.ChatFinishReason.FunctionCall => ChatFinishReason.ToolCalls,
        _ => null,
    };

    private ChatFailureException? Translate(Exception exception, CancellationToken cancellationToken)
    {
        var where = $"{_model} at {_endpoint.BaseAddress}";
        return exception switch
        {
            ChatFailureException => null,
            OperationCanceledException when cancellationToken.IsCancellationRequested => null,
            ClientResultException { Status: not 0 } refused => Refused(refused, where),
            OperationCanceledException or TimeoutException =>
                new(ChatFailureKind.TimedOut, $"{where} did not answer within {_endpoint.Timeout.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture)} s", null, exception),
            ClientResultException or HttpRequestException or IOException =>
                new(ChatFailureKind.Unreachable, $"{where} cannot be reached: {exception.InnerException?.Message ?? exception.Message}", null, exception),
            JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException =>
                new(ChatFailureKind.Malformed, $"{where} answered with something that is not a chat completion: {exception.Message}", null, exception),
            _ => null,
        };
    }

    private ChatFailureException Refused(ClientResultException refused, string where)
    {
        var said = refused.GetRawResponse()?.Content?.ToString() is { Length: > 0 } body ? body[..Math.Min(body.Length, 500)] : refused.Message;
        TimeSpan? wait = refused.GetRawResponse() is { } response && response.Headers.TryGetValue("retry-after", out var header)
            && double.TryParse(header, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86_400 ? TimeSpan.FromSeconds(seconds) : null;
        return refused.Status switch
        {
            401 or 403 => new(ChatFailureKind.NotAuthorised, $"{where} does not accept the key of {_endpoint.ApiKeySetting} ({refused.Status}): {said}", wait, refused),
            429 => new(ChatFailureKind.RateLimited, $"{where} asks us to slow down (429{(wait is { } w ? $", retry after {w.TotalSeconds:0.##} s" : "")}): {said}", wait, refused),
            >= 500 => new(ChatFailureKind.ServerError, $"{where} failed ({refused.Status}): {said}", wait, refused),
            _ => new(ChatFailureKind.BadRequest, $"{where} refused the request ({refused.Status}): {said}", wait, refused),
        };
    }
}
