using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

// SCME0001: Patch is the package's door to members that it does not know. OPENAI001: the package marks what it may still change.
#pragma warning disable SCME0001, OPENAI001

namespace KernelForge.Agents.Chat.Providers;

/// <summary>OpenAI's chat completions, over OpenAI's own package (whose adapter cannot be had, packages.md): also Azure's and every compatible server's.</summary>
internal sealed class OpenAiChatClient : ProviderChatClient
{
    private readonly ChatClient _client;
    private readonly OpenAIModelClient _models;

    /// <summary>A client of one model at one endpoint.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="model">The model's name there.</param>
    /// <param name="connections">Owned by the caller.</param>
    /// <param name="time">The clock.</param>
    public OpenAiChatClient(ProviderEndpoint endpoint, string model, HttpMessageHandler connections, TimeProvider time)
        : base(endpoint, model)
    {
        OpenAIClientOptions options = new()
        {
            Endpoint = new Uri(endpoint.BaseAddress.AbsoluteUri.TrimEnd('/') + "/"),
            Transport = new HttpClientPipelineTransport(Http(connections, time)),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = endpoint.Timeout,
        };
        _client = new ChatClient(model, new ApiKeyCredential(endpoint.ApiKey), options);
        _models = new OpenAIModelClient(new ApiKeyCredential(endpoint.ApiKey), options);
    }

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChatTokenUsage? usage = null;
        await foreach (var update in _client.CompleteChatStreamingAsync(messages.Select(Convert), Convert(options), cancellationToken))
        {
            if (update.Patch.TryGetJson("$.error"u8, out var error) && error.Length > 0)
            {
                throw ProviderRefusal.InStream(Endpoint, Model, System.Text.Encoding.UTF8.GetString(error.Span));
            }

            if (Reasoning(update) is { } thought)
            {
                yield return Update(new TextReasoningContent(thought));
            }

            if (string.Concat(update.ContentUpdate.Select(part => part.Text).Append(update.RefusalUpdate)) is { Length: > 0 } text)
            {
                yield return Update(new TextContent(text));
            }

            if (update.FinishReason is not null || !string.IsNullOrEmpty(update.RefusalUpdate))
            {
                yield return new ChatResponseUpdate
                {
                    ResponseId = update.CompletionId,
                    ModelId = string.IsNullOrEmpty(update.Model) ? Model : update.Model,
                    FinishReason = string.IsNullOrEmpty(update.RefusalUpdate) ? Convert(update.FinishReason) : ChatFinishReason.ContentFilter,
                };
            }

            // Some servers repeat the running total with every update.
            usage = update.Usage ?? usage;
        }

        if (usage is not null)
        {
            yield return Update(new UsageContent(new UsageDetails
            {
                InputTokenCount = usage.InputTokenCount,
                OutputTokenCount = usage.OutputTokenCount,
                TotalTokenCount = usage.TotalTokenCount,
                CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
                ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
            }));
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken)
    {
        var result = await _models.GetModelsAsync(cancellationToken);
        return [.. result.Value.Select(found => found.Id)];
    }

    /// <summary>Where servers put it: <c>reasoning_content</c> (vLLM, DeepSeek, llama.cpp) or <c>reasoning</c> (OpenRouter, Ollama, newer vLLM).</summary>
    private static string? Reasoning(StreamingChatCompletionUpdate update) =>
        update.Patch.TryGetValue("$.choices[0].delta.reasoning_content"u8, out string? content) && !string.IsNullOrEmpty(content) ? content
        : update.Patch.TryGetValue("$.choices[0].delta.reasoning"u8, out string? reasoning) && !string.IsNullOrEmpty(reasoning) ? reasoning
        : null;

    private static OpenAI.Chat.ChatMessage Convert(ChatMessage message) => message.Role.Value switch
    {
        "system" => new SystemChatMessage(message.Text),
        "assistant" => new AssistantChatMessage(message.Text),
        _ => new UserChatMessage(message.Text),
    };

    private ChatCompletionOptions Convert(ChatOptions options)
    {
        ChatCompletionOptions converted = new() { Temperature = options.Temperature, TopP = options.TopP, Seed = options.Seed };
        if (options.Reasoning?.Effort is { } effort)
        {
            converted.ReasoningEffortLevel = new ChatReasoningEffortLevel(CallSampling.NameOf(effort));
        }

        if (options.MaxOutputTokens is { } limit)
        {
            if (Endpoint.UseMaxTokens)
            {
                converted.Patch.Set("$.max_tokens"u8, limit);
            }
            else
            {
                converted.MaxOutputTokenCount = limit;
            }
        }

        foreach (var stop in options.StopSequences ?? [])
        {
            converted.StopSequences.Add(stop);
        }

        return converted;
    }

    private static ChatFinishReason? Convert(OpenAI.Chat.ChatFinishReason? reason) => reason switch
    {
        OpenAI.Chat.ChatFinishReason.Stop => ChatFinishReason.Stop,
        OpenAI.Chat.ChatFinishReason.Length => ChatFinishReason.Length,
        OpenAI.Chat.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        OpenAI.Chat.ChatFinishReason.ToolCalls or OpenAI.Chat.ChatFinishReason.FunctionCall => ChatFinishReason.ToolCalls,
        _ => null,
    };
}
