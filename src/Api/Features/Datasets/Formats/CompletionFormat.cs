using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>TRL's prompt and completion, each a list of messages: the loss is on the completion alone.</summary>
internal sealed class CompletionFormat : RowFormat<CompletionRow>
{
    public override string Name => "completion";

    public override string What => "prompt and completion apart, each as chat messages";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Answers, RecipeYield.Advice];

    public override string Loading => TrlLoading.Of("SFT", "TRL reads the columns `prompt` and `completion`, and learns the completion.");

    protected override JsonTypeInfo<CompletionRow> Type => Json.CompletionRow;

    protected override CompletionRow RowOf(ExportRow row, FormatContext context)
    {
        var (example, columns) = Of(row, context);
        return new CompletionRow(columns) { Prompt = example.Prompt, Completion = [Assistant(example.Answer)] };
    }

    protected override RowClaim ClaimOf(CompletionRow row, RecipeYield yield) => One(row, yield, row.Prompt.Count > 0 ? row.Prompt[^1].Content : null, Answer(row.Completion));
}
