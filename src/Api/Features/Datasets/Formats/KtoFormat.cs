using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>TRL's unpaired preferences: every answer of a pair once, with whether it is the better one.</summary>
internal sealed class KtoFormat : RowFormat<KtoRow>
{
    public override string Name => "kto";

    public override string What => "prompt, completion and a label: true for a chosen answer, false for a rejected one";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Pairs];

    public override string Loading => TrlLoading.Of("KTO", "TRL reads the columns `prompt`, `completion` and `label`.");

    protected override JsonTypeInfo<KtoRow> Type => Json.KtoRow;

    public override RowSet RowsOf(Recipe recipe) => RowSet.Labelled;

    protected override KtoRow RowOf(ExportRow row, FormatContext context)
    {
        var (example, columns) = Of(row, context);
        return new KtoRow(columns) { Prompt = example.Prompt, Completion = [Assistant(example.Answer)], Label = row.Mark.Kept is not null };
    }

    protected override RowClaim ClaimOf(KtoRow row, RecipeYield yield) => One(row, yield, null, Answer(row.Completion)) with { Selected = row.Label };
}
