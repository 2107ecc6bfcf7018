using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>TRL's preference pairs: one prompt, the better and the worse answer.</summary>
internal sealed class DpoFormat : RowFormat<DpoRow>
{
    public override string Name => "dpo";

    public override string What => "one prompt with a chosen and a rejected answer, each as chat messages";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Pairs];

    public override string Loading => TrlLoading.Of("DPO", "TRL reads the columns `prompt`, `chosen` and `rejected`.");

    protected override JsonTypeInfo<DpoRow> Type => Json.DpoRow;

    public override RowSet RowsOf(Recipe recipe) => RowSet.Pairs;

    protected override DpoRow RowOf(ExportRow row, FormatContext context)
    {
        var (example, columns) = Of(row, context);
        var (other, rejected) = (row.Other!, TrainingExample.OfAnswer(row.Other!));
        return new DpoRow(columns)
        {
            Prompt = example.Prompt,
            Chosen = [Assistant(example.Answer)],
            Rejected = [Assistant(rejected.Answer)],
            RejectedId = other.Record.Id,
            RejectedReason = row.OtherReason!,
            RejectedStatus = other.Record.Outcome.Status,
            RejectedSolutionSha256 = rejected.SolutionSha256,
            RejectedLatencyMs = other.Record.Outcome.Performance?.LatencyMs,
        };
    }

    protected override RowClaim ClaimOf(DpoRow row, RecipeYield yield)
    {
        var claim = One(row, yield, null, Answer(row.Chosen));
        return claim with
        {
            Key = $"{row.Id} against {row.RejectedId}",
            Codes = [.. claim.Codes, new(Answer(row.Rejected) is { } answer ? TrainingExample.CodeOf(yield, "", answer) : null, row.RejectedSolutionSha256)],
            Problems = row.Id == row.RejectedId ? [$"attempt {row.Id} is both chosen and rejected"] : [],
        };
    }
}
