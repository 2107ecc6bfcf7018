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

    /// <summary>How it was sampled.</summary>
    public required SamplingSettings Sampling { get; init; }

    /// <summary>What it used, continuation and second ask included.</summary>
    public required ModelUsage Usage { get; init; }

    /// <summary>Wall time.</summary>
    public required TimeSpan Duration { get; init; }
}

/// <summary>Writes solutions: builds the messages, asks the model, finds the one file in its answer.</summary>
public sealed class Coder(AgentModel model, PromptLibrary prompts, SamplingSettings sampling)
{
    /// <summary>Characters of an answer, and of its reasoning, that are kept with the attempt.</summary>
    private const int LongestKept = 2 << 20;

    /// <summary>Characters that a model is shown of the answer that it is to go on with.</summary>
    private const int TailLength = 600;

    /// <summary>CudaForge's settings: temperature 0.2, top_p 1, 16,384 tokens.</summary>
    public static SamplingSettings DefaultSampling { get; } = new() { Temperature = 0.2, TopP = 1, MaxOutputTokens = 16_384 };

    /// <summary>The model.</summary>
    public AgentModel Model => model;

    /// <summary>How it is sampled.</summary>
    public SamplingSettings Sampling => sampling;

    /// <summary>Asks for one solution. An answer that was cut off is continued once, and asked for again where that does not help.</summary>
    /// <exception cref="ChatFailureException">The provider did not answer.</exception>
    /// <exception cref="BudgetException">A budget does not allow the call.</exception>
    /// <exception cref="TranscriptException">The recording does not fit.</exception>
    public async Task<CoderReply> WriteAsync(CaseFile file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var prompt = prompts.Render("coder", file.Mode, CaseView.Of(file, prompts));
        var started = Stopwatch.GetTimestamp();
        var reply = await AskAsync(file, prompt, prompt.Messages, cancellationToken);
        if (reply is { Answer: UnusableAnswer { Problem: "truncated" }, Text.Length: > 0 })
        {
            reply = await ContinueAsync(file, reply, cancellationToken);
        }

        if (reply.Answer is UnusableAnswer { Problem: "truncated" } truncated)
        {
            var again = await AskAsync(file, prompt, [.. prompt.Messages, User("coder/again", "error", truncated.Message)], cancellationToken);
            reply = again with { Usage = reply.Usage + again.Usage };
        }

        return reply with { Text = Bounded(reply.Text), Reasoning = reply.Reasoning is { } thought ? Bounded(thought) : null, Duration = Stopwatch.GetElapsedTime(started) };
    }

    private async Task<CoderReply> ContinueAsync(CaseFile file, CoderReply first, CancellationToken cancellationToken)
    {
        var tail = first.Text[Math.Max(0, first.Text.Length - TailLength)..];
        List<ChatMessage> messages = [.. first.Prompt.Messages, new(ChatRole.Assistant, first.Text), User("coder/continue", "tail", tail)];
        var more = await AskAsync(file, first.Prompt, messages, cancellationToken);
        var text = AnswerParser.Join(first.Text, more.Text);
        return more with
        {
            Text = text,
            Reasoning = first.Reasoning is null || more.Reasoning is null ? first.Reasoning ?? more.Reasoning : $"{first.Reasoning}\n\n{more.Reasoning}",
            Answer = AnswerParser.Parse(text, more.FinishReason, file.Basis?.Code),
            Usage = first.Usage + more.Usage,
        };
    }

    private async Task<CoderReply> AskAsync(CaseFile file, Prompt prompt, IReadOnlyList<ChatMessage> messages, CancellationToken cancellationToken)
    {
        // Rounds with the same prompt are other samples, and the same when they are repeated.
        var asked = sampling with { Seed = sampling.Seed + file.Round };
        var options = new CallPurpose(file.Task.Name, "coder", file.Round, file.Mode).Attach(CallSampling.ToOptions(asked));
        var response = await model.Client.GetResponseAsync(messages, options, cancellationToken);
        var (text, thought) = AnswerParser.SplitThinking(response.Text);
        var reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text));
        return new CoderReply
        {
            Prompt = prompt,
            Text = text,
            Reasoning = reasoning.Length > 0 ? reasoning : thought,
            FinishReason = response.FinishReason?.Value,
            Answer = AnswerParser.Parse(text, response.FinishReason?.Value, file.Basis?.Code),
            Sampling = CallSampling.Of(response) ?? asked,
            Usage = model.UsageOf(response),
            Duration = TimeSpan.Zero,
        };
    }

    private ChatMessage User(string template, string name, string value) =>
        new(ChatRole.User, prompts.RenderText(template, new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = value }));

    private static string Bounded(string text) => text.Length <= LongestKept ? text : $"{text[..LongestKept]}\n[{text.Length - LongestKept} more characters are not kept]";
}
