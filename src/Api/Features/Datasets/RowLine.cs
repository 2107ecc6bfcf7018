using System.Text.Encodings.Web;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Lines of data files.</summary>
internal static class RowLine
{
    /// <summary>What may be done with a row follows from the task's file and from the terms of the model that answered.</summary>
    public const string License = "other";

    private static readonly ContractsJson Json = new(new JsonSerializerOptions(ContractsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>An attempt as one line of JSON, without its end.</summary>
    public static byte[] Of(StoredAttempt attempt, DatasetOrder order) => order.Format == DatasetPlan.Canonical
        ? JsonSerializer.SerializeToUtf8Bytes(Canonical(attempt, order), Json.CanonicalRow)
        : JsonSerializer.SerializeToUtf8Bytes(Sft(attempt.Record), Json.SftRow);

    private static SftRow Sft(AttemptRecord record)
    {
        var (outcome, performance) = (record.Outcome, record.Outcome.Performance!);
        return new SftRow
        {
            Messages = [.. record.Messages, new PromptMessage { Role = "assistant", Content = SftAnswer.Write(record.Reasoning!, record.Code!) }],
            Id = record.Id,
            Task = record.Task,
            Category = record.Category,
            TaskSha256 = record.TaskSha256,
            SolutionSha256 = record.Sha256!,
            Model = record.Model,
            AttemptKind = record.Kind,
            Strategy = record.Strategy,
            Round = record.Round,
            Mode = record.Mode,
            Kind = performance.Kind,
            Platform = outcome.Environment.Platform,
            Device = outcome.Environment.Device,
            EvaluationVersion = outcome.Environment.EvaluationVersion,
            Precision = outcome.Class?.Precision ?? "unknown",
            UsesLibrary = outcome.Class?.UsesLibrary ?? false,
            Prepared = outcome.Class?.Prepared ?? false,
            FastMath = outcome.Class?.FastMath ?? false,
            LatencyMs = performance.LatencyMs,
            Baseline = performance.Baseline,
            SpeedupFactor = performance.SpeedupFactor,
            SpeedOfLightFraction = performance.SpeedOfLightFraction,
            ReasoningTokens = record.Usage.ReasoningTokens,
            ReasoningLength = record.Reasoning!.Length,
            CreatedAt = record.FinishedAt.ToUniversalTime(),
            License = License,
        };
    }

    private static CanonicalRow Canonical(StoredAttempt attempt, DatasetOrder order)
    {
        var record = attempt.Record;
        var (outcome, performance) = (record.Outcome, record.Outcome.Performance);
        return new CanonicalRow
        {
            Id = record.Id,
            Run = record.RunId,
            Round = record.Round,
            ParentAttempt = record.ParentAttempt,
            Strategy = record.Strategy,
            Mode = record.Mode,
            Task = new CanonicalTask
            {
                Name = record.Task,
                Category = record.Category,
                Origin = attempt.TaskOrigin,
                Kernelbench = attempt.Kernelbench,
                Sha256 = record.TaskSha256,
                Source = record.TaskSource,
                Presets = attempt.Presets,
            },
            Platform = outcome.Environment.Platform,
            Device = outcome.Environment.Device,
            Kind = order.Kind,
            Prompt = record.Messages,
            PromptReference = record.Prompt,
            Reasoning = record.Reasoning,
            Answer = record.Answer,
            FinishReason = record.FinishReason,
            Code = record.Code,
            SolutionSha256 = record.Sha256,
            Plan = PlanOf(record.Code),
            Advice = record.Advice,
            Outcome = outcome,
            Precision = outcome.Class?.Precision,
            LatencyMs = performance?.LatencyMs,
            Baseline = performance?.Baseline,
            Baselines = performance?.Baselines,
            SpeedupFactor = performance?.SpeedupFactor,
            SpeedOfLightFraction = performance?.SpeedOfLightFraction,
            Gain = record.Gain,
            AdviceOutcome = record.AdviceOutcome,
            Model = record.Model,
            AttemptKind = record.Kind,
            Sampling = record.Sampling,
            InputTokens = record.Usage.InputTokens,
            OutputTokens = record.Usage.OutputTokens,
            ReasoningTokens = record.Usage.ReasoningTokens,
            ReasoningLength = record.Reasoning?.Length ?? 0,
            CostUsd = record.Usage.CostUsd,
            JudgeUsage = record.JudgeUsage,
            CreatedAt = record.FinishedAt.ToUniversalTime(),
            Kernelforge = record.Kernelforge,
            RecipeMark = new RecipeMark { Recipe = order.Recipe, Selected = attempt.Dropped is null, Reason = attempt.Dropped ?? "correct" },
            License = License,
        };
    }

    private static string? PlanOf(string? code)
    {
        try
        {
            return code is null ? null : SolutionFile.Read(code).PlanJson.Trim();
        }
        catch (PlanException)
        {
            return null;
        }
    }
}
