using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Decorators;

/// <summary>
/// Tells how many calls, how long and how many tokens, by model and role, in OpenTelemetry's words for generative AI
/// (<c>gen_ai.client.operation.duration</c>, <c>gen_ai.client.token.usage</c>). Texts are not told.
/// </summary>
internal sealed class TelemetryChatClient(IChatClient inner, ModelName name, string provider) : DelegatingChatClient(inner)
{
    /// <summary>Name of the meter and of the source of activities.</summary>
    public const string SourceName = "KernelForge.Agents";

    private static readonly ActivitySource Activities = new(SourceName);
    private static readonly Meter Meter = new(SourceName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("gen_ai.client.operation.duration", "s", "How long calls of models take, waits and retries included");
    private static readonly Histogram<long> Tokens = Meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens of calls");

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var purpose = CallPurpose.Of(options);
        TagList tags = new()
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", provider },
            { "gen_ai.request.model", name.Model },
            { "kernelforge.role", purpose?.Role ?? "none" },
        };
        using var activity = Activities.StartActivity($"chat {name.Model}", ActivityKind.Client);
        foreach (var (key, value) in tags)
        {
            activity?.SetTag(key, value);
        }

        activity?.SetTag("kernelforge.task", purpose?.Task);
        activity?.SetTag("kernelforge.round", purpose?.Round);
        activity?.SetTag("kernelforge.mode", purpose?.Mode);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var response = await base.GetResponseAsync(messages, options, cancellationToken);
            Tell(activity, response, tags);
            return response;
        }
        catch (Exception exception)
        {
            var kind = exception switch { ChatFailureException failure => failure.Kind.ToString(), BudgetException budget => budget.Reason, _ => exception.GetType().Name };
            tags.Add("error.type", kind);
            activity?.SetTag("error.type", kind);
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
        }
    }

    private static void Tell(Activity? activity, ChatResponse response, TagList tags)
    {
        activity?.SetTag("gen_ai.response.model", response.ModelId);
        activity?.SetTag("gen_ai.response.finish_reasons", response.FinishReason?.Value);
        if (response.Usage is not { } usage)
        {
            return;
        }

        activity?.SetTag("gen_ai.usage.input_tokens", usage.InputTokenCount);
        activity?.SetTag("gen_ai.usage.output_tokens", usage.OutputTokenCount);
        Tokens.Record(usage.InputTokenCount ?? 0, [.. tags, new("gen_ai.token.type", "input")]);
        Tokens.Record(usage.OutputTokenCount ?? 0, [.. tags, new("gen_ai.token.type", "output")]);
    }
}
