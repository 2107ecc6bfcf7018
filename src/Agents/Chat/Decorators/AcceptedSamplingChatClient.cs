using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Decorators;

/// <summary>
/// Leaves out of a call what its model refuses to be told: models that reason take no temperature, older ones no effort, and lists of
/// which is which go stale. What was refused once is remembered, and what was really sent is noted on the reply (<see cref="CallSampling"/>).
/// </summary>
/// <param name="inner">Who is asked.</param>
/// <param name="model">The model's whole name.</param>
/// <param name="refused">What models refused so far, shared by all clients.</param>
internal sealed class AcceptedSamplingChatClient(IChatClient inner, string model, ConcurrentDictionary<string, IReadOnlyList<string>> refused) : DelegatingChatClient(inner)
{
    /// <summary>Members that can be left out, one after another.</summary>
    private const int MostRefusals = 6;

    /// <summary>Models remembered; a service is told any name.</summary>
    private const int MostModels = 1000;

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var sent = messages.ToList();
        var known = refused.GetValueOrDefault(model, []);
        while (true)
        {
            var accepted = known.Aggregate(options?.Clone() ?? new ChatOptions(), Without);
            try
            {
                return CallSampling.Attach(await base.GetResponseAsync(sent, accepted, cancellationToken), CallSampling.Of(accepted));
            }
            catch (ChatFailureException failure) when (failure.Parameter is { } parameter && known.Count < MostRefusals && Changes(accepted, parameter))
            {
                known = [.. known, parameter];
                if (refused.Count < MostModels)
                {
                    refused[model] = known;
                }
            }
        }
    }

    private static bool Changes(ChatOptions options, string parameter)
    {
        var without = Without(options.Clone(), parameter);
        return (options.Temperature, options.TopP, options.Seed) != (without.Temperature, without.TopP, without.Seed)
            || (options.Reasoning?.Effort, options.Reasoning?.Output) != (without.Reasoning?.Effort, without.Reasoning?.Output);
    }

    private static ChatOptions Without(ChatOptions options, string parameter)
    {
        switch (parameter)
        {
            case "temperature":
                options.Temperature = null;
                break;
            case "top_p":
                options.TopP = null;
                break;
            case "seed":
                options.Seed = null;
                break;
            case "reasoning.summary":
                options.Reasoning = new ReasoningOptions { Effort = options.Reasoning?.Effort, Output = ReasoningOutput.None };
                break;
            case "thinking" or "effort" when options.Reasoning is { Effort: not null, Output: not ReasoningOutput.Full }:
                // Before adaptive thinking there were tokens to think with; the adapter reads Full so.
                options.Reasoning = new ReasoningOptions { Effort = options.Reasoning.Effort, Output = ReasoningOutput.Full };
                break;
            case { } reasoning when reasoning is "thinking" or "effort" || reasoning.StartsWith("reasoning", StringComparison.Ordinal):
                options.Reasoning = new ReasoningOptions { Output = ReasoningOutput.None };
                break;
        }

        return options;
    }
}
