using System.Diagnostics;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Contracts.Runs;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Judging;

/// <summary>
/// Asks a model for one piece of advice as JSON; asks again with the exact error, twice at most; then the rules advise on the
/// same evidence and the advice says so.
/// </summary>
public sealed class ModelJudge(AgentModel model, PromptLibrary prompts, SamplingSettings sampling, RuleJudge rules) : IJudge
{
    private const int MaxAsks = 3;

    /// <inheritdoc/>
    public string Name => model.Name.ToString();

    /// <inheritdoc/>
    public async Task<JudgeReply> AdviseAsync(CaseFile file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(file);
        var prompt = JudgeDialogue.Prompt(file, prompts);
        var messages = prompt.Messages.ToList();
        var options = new CallPurpose(file.Task.Name, "judge", file.Round, file.Mode).Attach(CallSampling.ToOptions(sampling));
        var started = Stopwatch.GetTimestamp();
        var usage = ModelUsage.None;
        string? text = null;
        string? reasoning = null;
        string problem = "";
        for (var ask = 1; ask <= MaxAsks; ask++)
        {
            ChatResponse response;
            try
            {
                response = await model.Client.GetResponseAsync(messages, options, cancellationToken);
            }
            catch (ChatFailureException failure)
            {
                problem = failure.Message;
                break;
            }

            usage += model.UsageOf(response);
            (text, var thought) = AnswerParser.SplitThinking(response.Text);
            reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(part => part.Text)) is { Length: > 0 } given ? given : thought;
            try
            {
                return Reply(JudgeAnswer.Parse(text, file.Mode, Name), null);
            }
            catch (JudgeAnswerException exception)
            {
                problem = $"no valid answer in {ask} {(ask == 1 ? "ask" : "asks")}; the last one: {exception.Message}";
                messages.Add(new ChatMessage(ChatRole.Assistant, text));
                messages.Add(new ChatMessage(ChatRole.User, prompts.RenderText("judge/again", new Dictionary<string, object?>(StringComparer.Ordinal) { ["error"] = exception.Message })));
            }
        }

        var fallback = await rules.AdviseAsync(file, cancellationToken);
        return Reply(fallback.Advice, $"{Name}: {problem}");

        JudgeReply Reply(JudgeAdvice? advice, string? fallbackReason) => new()
        {
            Advice = fallbackReason is null ? advice : advice is null ? null : advice with { FallbackReason = fallbackReason },
            Usage = usage,
            Prompt = prompt.Reference,
            Text = text,
            Reasoning = reasoning,
            Duration = Stopwatch.GetElapsedTime(started),
        };
    }
}
