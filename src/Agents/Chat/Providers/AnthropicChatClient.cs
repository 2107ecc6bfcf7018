using System.Runtime.CompilerServices;
using Anthropic;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;
using ClientOptions = Anthropic.Core.ClientOptions;

namespace KernelForge.Agents.Chat.Providers;

/// <summary>
/// Anthropic's messages, over Anthropic's own package: thinking apart from the answer, and the system prompt, which rounds share, marked
/// for prompt caching.
/// </summary>
internal sealed class AnthropicChatClient : ProviderChatClient
{
    /// <summary>The protocol demands a limit.</summary>
    private const int DefaultMaxTokens = 16_384;

    private readonly AnthropicClient _client;

    /// <summary>A client of one model at one endpoint; the parameters are those of <see cref="OpenAiChatClient"/>.</summary>
    public AnthropicChatClient(ProviderEndpoint endpoint, string model, HttpMessageHandler connections, TimeProvider time)
        : base(endpoint, model) =>
        _client = new AnthropicClient(new ClientOptions
        {
            ApiKey = endpoint.ApiKey,
            // Else the library would take it from the environment.
            AuthToken = null,
            BaseUrl = endpoint.BaseAddress.AbsoluteUri.TrimEnd('/'),
            HttpClient = Http(connections, time),
            MaxRetries = 0,
            Timeout = endpoint.Timeout,
        });

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Tokens tokens = default;
        await foreach (var update in _client.Messages.CreateStreaming(Convert(messages, options), cancellationToken))
        {
            switch (update.Value)
            {
                case RawMessageStartEvent start:
                    if (start.Message.RawData.ContainsKey("usage"))
                    {
                        var sent = start.Message.Usage;
                        tokens = tokens.With(sent.InputTokens, sent.CacheReadInputTokens, sent.CacheCreationInputTokens, null, null);
                    }

                    yield return new ChatResponseUpdate { Role = ChatRole.Assistant, ResponseId = start.Message.ID, ModelId = start.Message.Model.Raw() };
                    break;
                case RawContentBlockDeltaEvent { Delta.Value: TextDelta { Text: { Length: > 0 } text } }:
                    yield return Update(new TextContent(text));
                    break;
                case RawContentBlockDeltaEvent { Delta.Value: ThinkingDelta { Thinking: { Length: > 0 } thought } }:
                    yield return Update(new TextReasoningContent(thought));
                    break;
                case RawMessageDeltaEvent end:
                    if (end.RawData.ContainsKey("usage"))
                    {
                        var usage = end.Usage;
                        tokens = tokens.With(usage.InputTokens, usage.CacheReadInputTokens, usage.CacheCreationInputTokens, usage.OutputTokens, usage.OutputTokensDetails?.ThinkingTokens);
                    }

                    yield return new ChatResponseUpdate { FinishReason = Convert(end.Delta.StopReason?.Raw()) };
                    break;
            }
        }

        if (tokens.Output is not null)
        {
            yield return Update(new UsageContent(tokens.ToUsage()));
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken)
    {
        var page = await _client.Models.List(new() { Limit = 1000 }, cancellationToken);
        return [.. page.Items.Select(found => found.ID)];
    }

    private MessageCreateParams Convert(IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        var limit = options.MaxOutputTokens ?? DefaultMaxTokens;
        MessageCreateParams converted = new()
        {
            Model = Model,
            MaxTokens = limit,
            Messages = [.. messages.Where(message => message.Role != ChatRole.System).Select(Convert)],
        };
        var system = string.Join("\n\n", messages.Where(message => message.Role == ChatRole.System).Select(message => message.Text));
        if (system.Length > 0)
        {
            converted = converted with { System = new List<TextBlockParam> { new() { Text = system, CacheControl = new CacheControlEphemeral() } } };
        }

        if (options.StopSequences is { Count: > 0 } stops)
        {
            converted = converted with { StopSequences = [.. stops] };
        }

        return WithThinking(WithSampling(converted, options), options.Reasoning, limit);
    }

    /// <summary>Sampling, as members that the package no longer knows but that models up to Opus 4.6 take.</summary>
    private static MessageCreateParams WithSampling(MessageCreateParams parameters, ChatOptions options)
    {
        if (options.Temperature is null && options.TopP is null)
        {
            return parameters;
        }

        Dictionary<string, System.Text.Json.JsonElement> body = new(parameters.RawBodyData);
        if (options.Temperature is { } temperature)
        {
            body["temperature"] = System.Text.Json.JsonSerializer.SerializeToElement(Exact(temperature), ProviderJson.Default.Decimal);
        }

        if (options.TopP is { } topP)
        {
            body["top_p"] = System.Text.Json.JsonSerializer.SerializeToElement(Exact(topP), ProviderJson.Default.Decimal);
        }

        return MessageCreateParams.FromRawUnchecked(parameters.RawHeaderData, parameters.RawQueryData, body);
    }

    /// <summary>0.2f is 0.2 and not 0.200000003.</summary>
    private static decimal Exact(float value) => (decimal)value;

    /// <summary>Adaptive thinking at an effort; for models from before it (<see cref="ReasoningOutput.Full"/>, see <see cref="Decorators.AcceptedSamplingChatClient"/>), so many tokens of it.</summary>
    private static MessageCreateParams WithThinking(MessageCreateParams parameters, ReasoningOptions? reasoning, int limit) => reasoning switch
    {
        { Effort: ReasoningEffort.None } => parameters with { Thinking = new ThinkingConfigDisabled() },
        { Effort: { } effort, Output: ReasoningOutput.Full } => parameters with { Thinking = new ThinkingConfigEnabled(Math.Clamp(limit * Share(effort) / 8L, 1024, Math.Max(1024, limit - 1))) },
        { Effort: { } effort } => parameters with
        {
            Thinking = new ThinkingConfigAdaptive { Display = Display.Summarized },
            OutputConfig = new OutputConfig { Effort = CallSampling.NameOf(effort) },
        },
        _ => parameters,
    };

    /// <summary>Eighths of an answer's tokens that thinking may take.</summary>
    private static int Share(ReasoningEffort effort) => effort switch { ReasoningEffort.Low => 2, ReasoningEffort.Medium => 4, _ => 6 };

    private static MessageParam Convert(ChatMessage message) => message.Role == ChatRole.Assistant
        ? new AssistantMessageParam(message.Text)
        : new UserMessageParam(message.Text);

    private static ChatFinishReason? Convert(string? reason) => reason switch
    {
        null => null,
        "end_turn" or "stop_sequence" => ChatFinishReason.Stop,
        "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
        "refusal" => ChatFinishReason.ContentFilter,
        "tool_use" => ChatFinishReason.ToolCalls,
        _ => new ChatFinishReason(reason),
    };

    /// <summary>What was used so far; later events know more than the first.</summary>
    private readonly record struct Tokens(long? Input, long? CacheRead, long? CacheWrite, long? Output, long? Thinking)
    {
        public Tokens With(long? input, long? cacheRead, long? cacheWrite, long? output, long? thinking) =>
            new(input ?? Input, cacheRead ?? CacheRead, cacheWrite ?? CacheWrite, output ?? Output, thinking ?? Thinking);

        /// <summary>Anthropic counts cached tokens beside the input, everybody else among it.</summary>
        public UsageDetails ToUsage()
        {
            var input = (Input ?? 0) + (CacheRead ?? 0) + (CacheWrite ?? 0);
            UsageDetails usage = new()
            {
                InputTokenCount = input,
                OutputTokenCount = Output,
                TotalTokenCount = input + (Output ?? 0),
                CachedInputTokenCount = CacheRead,
                ReasoningTokenCount = Thinking,
            };
            if (CacheWrite is { } written)
            {
                usage.AdditionalCounts = new AdditionalPropertiesDictionary<long> { [AgentModel.CacheWriteTokens] = written };
            }

            return usage;
        }
    }
}
