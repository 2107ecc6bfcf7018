using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>Every attempt with its whole provenance, failures included; what the recipe says of it is a column.</summary>
internal sealed class CanonicalFormat : RowFormat<CanonicalRow>
{
    public override string Name => "canonical";

    public override string What => "each attempt with its whole provenance, failures included; `recipe_mark` says which of them the recipe takes, and why not";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Answers, RecipeYield.Pairs, RecipeYield.Advice];

    public override bool EveryAttempt => true;

    /// <summary>Rows are nested and their metrics differ.</summary>
    public override bool IsFlat => false;

    public override string Loading =>
        "Rows are nested and their metrics differ, so read them as JSON lines:\n\n```python\nimport gzip, json, pathlib\n\n"
        + "rows = [json.loads(line)\n        for file in sorted(pathlib.Path(\"FOLDER/data\").glob(\"train-*\"))\n        for line in (gzip.open if file.suffix == \".gz\" else open)(file, \"rt\", encoding=\"utf-8\")]\n"
        + "selected = [row for row in rows if row[\"recipe_mark\"][\"selected\"]]\n```";

    protected override JsonTypeInfo<CanonicalRow> Type => Json.CanonicalRow;

    public override RowSet RowsOf(Recipe recipe) => RowSet.Every;

    protected override CanonicalRow RowOf(ExportRow row, FormatContext context)
    {
        var (record, mark, order) = (row.Attempt.Record, row.Mark, context.Plan.Order);
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
                Origin = row.TaskOrigin,
                Kernelbench = row.Kernelbench,
                Sha256 = record.TaskSha256,
                Source = record.TaskSource,
                Presets = row.Presets,
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
            RecipeMark = new RecipeMark
            {
                Recipe = order.Recipe,
                Selected = mark.Kept is not null,
                Reason = mark.Kept ?? mark.Dropped!,
                Length = mark.Length,
                LengthUnit = mark.LengthUnit,
                Conciseness = mark.Length > 0 ? performance?.SpeedupFactor / mark.Length * 1000 : null,
                DuplicateOf = mark.DuplicateOf,
                WorkedExample = mark.WorkedExample,
                Benchmark = mark.Benchmark,
            },
            License = TrainingExample.License,
        };
    }

    protected override RowClaim ClaimOf(CanonicalRow row, RecipeYield yield)
    {
        List<string> problems = [];
        if (StoredAttempt.HashOf(row.Task.Source) != row.Task.Sha256)
        {
            problems.Add($"the task's source has SHA-256 {StoredAttempt.HashOf(row.Task.Source)}, task.sha256 says {row.Task.Sha256}");
        }

        if (row.RecipeMark.Selected && row.Outcome is not Passed)
        {
            problems.Add($"expected status passed of a row that is selected, found {row.Outcome.Status}");
        }

        return new RowClaim
        {
            Key = row.Id,
            Attempt = row.Id,
            Task = row.Task.Name,
            Kind = row.Kind,
            AttemptKind = row.AttemptKind,
            Selected = row.RecipeMark.Selected,
            Reason = row.RecipeMark.Reason,
            Codes = row.Code is null && row.SolutionSha256 is null ? [] : [new(row.Code ?? "", row.SolutionSha256 ?? "none"), new(row.Code ?? "", row.Outcome.Solution.Sha256)],
            Problems = problems,
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
