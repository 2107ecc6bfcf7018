using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>TRL's conversations: prompt and answer as one list of messages.</summary>
internal sealed class SftFormat : RowFormat<SftRow>
{
    public override string Name => "sft";

    public override string What => "prompt and answer as one list of chat messages";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Answers, RecipeYield.Advice];

    public override string Loading => TrlLoading.Of("SFT", "TRL reads the column `messages`.");

    protected override JsonTypeInfo<SftRow> Type => Json.SftRow;

    protected override SftRow RowOf(ExportRow row, FormatContext context)
    {
        var (example, columns) = Of(row, context);
        return new SftRow(columns) { Messages = [.. example.Prompt, Assistant(example.Answer)] };
    }

    protected override RowClaim ClaimOf(SftRow row, RecipeYield yield) => One(row, yield, row.Messages.Count > 1 ? row.Messages[^2].Content : null, Answer(row.Messages));
}
