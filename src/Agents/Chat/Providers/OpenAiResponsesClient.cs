using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Models;
using OpenAI.Responses;

// SCME0001: Patch is the package's door to members that it does not know. OPENAI001: the package marks what it may still change.
#pragma warning disable SCME0001, OPENAI001

namespace KernelForge.Agents.Chat.Providers;

/// <summary>OpenAI's responses, over OpenAI's own package: the one of its protocols that gives summaries of the model's reasoning. Nothing is stored there.</summary>
internal sealed class OpenAiResponsesClient : ProviderChatClient
{
    private readonly ResponsesClient _client;
    private readonly OpenAIModelClient _models;

    /// <summary>A client of one model at one endpoint; the parameters are those of <see cref="OpenAiChatClient"/>.</summary>
    public OpenAiResponsesClient(ProviderEndpoint endpoint, string model, HttpMessageHandler connections, TimeProvider time)
        : base(endpoint, model)
    {
        Uri address = new(endpoint.BaseAddress.AbsoluteUri.TrimEnd('/') + "/");
        HttpClientPipelineTransport transport = new(Http(connections, time));
        _client = new ResponsesClient(
            new ApiKeyCredential(endpoint.ApiKey),
            new ResponsesClientOptions { Endpoint = address, Transport = transport, RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = endpoint.Timeout });
        _models = new OpenAIModelClient(
            new ApiKeyCredential(endpoint.ApiKey),
            new OpenAIClientOptions { Endpoint = address, Transport = transport, RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = endpoint.Timeout });
    }

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IReadOnlyList<ChatMessage> messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var updates = await _client.CreateResponseStreamingAsync(Convert(messages, options), cancellationToken);
        var refused = false;
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            switch (update)
            {
                case StreamingResponseReasoningSummaryTextDeltaUpdate { Delta: { Length: > 0 } thought }:
                    yield return Update(new TextReasoningContent(thought));
                    break;
                case StreamingResponseReasoningSummaryPartAddedUpdate { SummaryIndex: > 0 }:
                    yield return Update(new TextReasoningContent("\n\n"));
                    break;
                case StreamingResponseReasoningTextDeltaUpdate { Delta: { Length: > 0 } thought }:
                    yield return Update(new TextReasoningContent(thought));
                    break;
                case StreamingResponseOutputTextDeltaUpdate { Delta: { Length: > 0 } text }:
                    yield return Update(new TextContent(text));
                    break;
                case StreamingResponseRefusalDeltaUpdate { Delta: { Length: > 0 } refusal }:
                    refused = true;
                    yield return Update(new TextContent(refusal));
                    break;
                case StreamingResponseErrorUpdate error:
                    throw InStream(error.Code, error.Message);
                case StreamingResponseFailedUpdate failed:
                    throw InStream(failed.Response?.Error?.Code.ToString(), failed.Response?.Error?.Message);
                case StreamingResponseCompletedUpdate completed:
                    yield return End(completed.Response, refused ? ChatFinishReason.ContentFilter : ChatFinishReason.Stop);
                    break;
                case StreamingResponseIncompleteUpdate incomplete:
                    yield return End(
                        incomplete.Response,
                        incomplete.Response.IncompleteStatusDetails?.Reason == ResponseIncompleteStatusReason.ContentFilter ? ChatFinishReason.ContentFilter : ChatFinishReason.Length);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> ListModelsAsync(CancellationToken cancellationToken)
    {
        var result = await _models.GetModelsAsync(cancellationToken);
        return [.. result.Value.Select(found => found.Id)];
    }

    private ChatFailureException InStream(string? code, string? message) => ProviderRefusal.InStream(
        Endpoint, Model, JsonSerializer.Serialize(new Dictionary<string, string?> { ["code"] = code, ["message"] = message ?? "no reason given" }, ProviderJson.Default.DictionaryStringString));

    private ChatResponseUpdate End(ResponseResult response, ChatFinishReason reason)
    {
        ChatResponseUpdate end = new() { ResponseId = response.Id, ModelId = string.IsNullOrEmpty(response.Model) ? Model : response.Model, FinishReason = reason };
        if (response.Usage is { } usage)
        {
            end.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = usage.InputTokenCount,
                OutputTokenCount = usage.OutputTokenCount,
                TotalTokenCount = usage.TotalTokenCount,
                CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
                ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
            }));
        }

        return end;
    }

    private CreateResponseOptions Convert(IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        CreateResponseOptions converted = new(Model, messages.Select(Convert))
        {
            Temperature = options.Temperature,
            TopP = options.TopP,
            MaxOutputTokenCount = options.MaxOutputTokens,
            StoredOutputEnabled = false,
            StreamingEnabled = true,
        };
        if (options.Reasoning is not { Effort: null, Output: ReasoningOutput.None })
        {
            converted.ReasoningOptions = new ResponseReasoningOptions();
            if (options.Reasoning?.Effort is { } effort)
            {
                converted.ReasoningOptions.ReasoningEffortLevel = new ResponseReasoningEffortLevel(CallSampling.NameOf(effort));
            }

            if (options.Reasoning?.Output != ReasoningOutput.None)
            {
                converted.ReasoningOptions.ReasoningSummaryVerbosity = ResponseReasoningSummaryVerbosity.Auto;
            }
        }

        return converted;
    }

    private static ResponseItem Convert(ChatMessage message) => message.Role.Value switch
    {
        "system" => ResponseItem.CreateSystemMessageItem(message.Text),
        "assistant" => ResponseItem.CreateAssistantMessageItem(message.Text),
        _ => ResponseItem.CreateUserMessageItem(message.Text),
    };
}
