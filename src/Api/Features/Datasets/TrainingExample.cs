using KernelForge.Agents.Coding;
using KernelForge.Agents.Judging;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>What a row teaches: a prompt and the answer to it.</summary>
internal sealed record TrainingExample
{
    /// <summary>What may be done with a row follows from the task's file and from the terms of the model that answered.</summary>
    public const string License = "other";

    public required IReadOnlyList<PromptMessage> Prompt { get; init; }

    /// <summary>The assistant's message.</summary>
    public required string Answer { get; init; }

    /// <summary>Of the code in the answer, or of advice, in the prompt.</summary>
    public required string SolutionSha256 { get; init; }

    /// <summary>What a row teaches by a recipe.</summary>
    public static TrainingExample Of(ExportRow row, Recipe recipe, PromptLibrary? prompts) =>
        recipe.Yield == RecipeYield.Advice ? OfAdvice(row, prompts ?? throw new InvalidOperationException("advice is taught with the Judge's templates")) : OfAnswer(row.Attempt);

    /// <summary>An attempt's prompt as it was sent, its reasoning and its solution.</summary>
    public static TrainingExample OfAnswer(StoredAttempt attempt) => new()
    {
        Prompt = attempt.Record.Messages,
        Answer = SftAnswer.Write(attempt.Record.Reasoning!, attempt.Record.Code!),
        SolutionSha256 = attempt.Record.Sha256!,
    };

    /// <summary>The code that a row's text holds, as the parser of models' answers reads it; null where it finds none.</summary>
    /// <param name="yield">What the row teaches: advice has its code in the prompt.</param>
    /// <param name="question">The last message of the prompt.</param>
    /// <param name="answer">The answer.</param>
    public static string? CodeOf(RecipeYield yield, string question, string answer) =>
        yield != RecipeYield.Advice ? SftAnswer.CodeOf(answer) : AnswerParser.Parse(question, "stop") is SolutionAnswer solution ? solution.Code : null;

    /// <summary>
    /// The prompt is made anew by today's template from the solution that was advised on and its metrics, without what was tried before it: the
    /// prompts of Judges are not kept.
    /// </summary>
    private static TrainingExample OfAdvice(ExportRow row, PromptLibrary prompts)
    {
        var (parent, advice) = (row.Other!.Record, row.Attempt.Record.Advice!);
        CaseFile file = new()
        {
            Task = new TaskBrief { Name = parent.Task, Category = parent.Category, Path = "", Source = parent.TaskSource, Sha256 = parent.TaskSha256 },
            Platform = parent.Outcome.Environment.Platform,
            Device = parent.Outcome.Environment.Device,
            Round = parent.Round,
            Mode = advice.Mode,
            Basis = parent,
            Best = parent,
            Latest = parent,
            History = [parent],
        };
        var gain = parent.Outcome.Performance!.LatencyMs / row.Attempt.Record.Outcome.Performance!.LatencyMs;
        return new TrainingExample
        {
            Prompt = [.. JudgeDialogue.Prompt(file, prompts).Messages.Select(message => new PromptMessage { Role = message.Role.Value, Content = message.Text })],
            Answer = JudgeDialogue.OptimisationAnswer(advice, gain),
            SolutionSha256 = parent.Sha256!,
        };
    }

    /// <summary>Says of an attempt what every training row says.</summary>
    public TrainingRow Columns(ExportRow row, DatasetOrder order)
    {
        var record = row.Attempt.Record;
        var (outcome, performance) = (record.Outcome, record.Outcome.Performance);
        return new TrainingRow
        {
            Id = record.Id,
            Reason = row.Mark.Kept ?? row.Mark.Dropped!,
            Task = record.Task,
            Category = record.Category,
            TaskSha256 = record.TaskSha256,
            SolutionSha256 = SolutionSha256,
            Model = record.Model,
            AttemptKind = record.Kind,
            Strategy = record.Strategy,
            Round = record.Round,
            Mode = record.Mode,
            Status = outcome.Status,
            Kind = order.Kind,
            Platform = outcome.Environment.Platform,
            Device = outcome.Environment.Device,
            EvaluationVersion = outcome.Environment.EvaluationVersion,
            Precision = outcome.Class?.Precision ?? "unknown",
            UsesLibrary = outcome.Class?.UsesLibrary ?? false,
            Prepared = outcome.Class?.Prepared ?? false,
            FastMath = outcome.Class?.FastMath ?? false,
            LatencyMs = performance?.LatencyMs,
            Baseline = performance?.Baseline,
            SpeedupFactor = performance?.SpeedupFactor,
            SpeedOfLightFraction = performance?.SpeedOfLightFraction,
            Gain = record.Gain,
            ReasoningTokens = record.Usage.ReasoningTokens,
            ReasoningLength = record.Reasoning?.Length ?? 0,
            CreatedAt = record.FinishedAt.ToUniversalTime(),
            License = License,
        };
    }
}
