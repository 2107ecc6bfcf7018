using System.Diagnostics;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Coding;

/// <summary>What the Coder answered, and with what.</summary>
public sealed record CoderReply
{
    /// <summary>The prompt.</summary>
    public required Prompt Prompt { get; init; }

    /// <summary>The answer without its reasoning.</summary>
    public required string Text { get; init; }

    /// <summary>The reasoning; null where the provider gives none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Why the model stopped; null where the provider does not say.</summary>
    public string? FinishReason { get; init; }

    /// <summary>The solution, or why there is none.</summary>
    public required CoderAnswer Answer { get; init; }

    /// <summary>What it used.</summary>
    public required ModelUsage Usage { get; init; }

    /// <summary>Wall time.</summary>
    public required TimeSpan Duration { get; init; }
}

/// <summary>Writes solutions: builds the messages, asks the model, finds the one file in its answer.</summary>
public sealed class Coder(AgentModel model, PromptLibrary prompts, SamplingSettings sampling)
{
    /// <summary>CudaForge's settings: temperature 0.2, top_p 1, 16,384 tokens.</summary>
    public static SamplingSettings DefaultSampling { get; } = new() { Temperature = 0.2, TopP = 1, MaxOutputTokens = 16_384 };

    /// <summary>The model.</summary>
    public AgentModel Model => model;

    /// <summary>How it is sampled.</summary>
    public SamplingSettings Sampling => sampling;

    /// <summary>Asks for one solution.</summary>
    /// <exception cref="ChatFailureException">The provider did not answer.</exception>
    /// <exception cref="TranscriptException">The recording does not fit.</exception>
    public async Task<CoderReply> WriteAsync(CaseFile file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var prompt = prompts.Render("coder", file.Mode, CaseView.Of(file, prompts));
        var options = new CallPurpose(file.Task.Name, "coder", file.Round, file.Mode).Attach(CallSampling.ToOptions(sampling));
        var started = Stopwatch.GetTimestamp();
        var response = await model.Client.GetResponseAsync(prompt.Messages, options, cancellationToken);
        var (text, thought) = AnswerParser.SplitThinking(response.Text);
        var reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text));
        return new CoderReply
        {
            Prompt = prompt,
            Text = text,
            Reasoning = reasoning.Length > 0 ? reasoning : thought,
            FinishReason = response.FinishReason?.Value,
            Answer = AnswerParser.Parse(text, response.FinishReason?.Value),
            Usage = model.UsageOf(response),
            Duration = Stopwatch.GetElapsedTime(started),
        };
    }
}
