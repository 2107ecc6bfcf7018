using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>ShareGPT's conversations.</summary>
internal sealed class ShareGptFormat : RowFormat<ShareGptRow>
{
    public override string Name => "sharegpt";

    public override string What => "a conversation of turns, `from` and `value`";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Answers, RecipeYield.Advice];

    public override string Loading => "Tools that read ShareGPT (LLaMA-Factory's `formatting: sharegpt`, Axolotl's `conversations`) take the files in `data/` as they are: the column is `conversations`, roles are `system`, `human`, `gpt`. The other columns are provenance.";

    protected override JsonTypeInfo<ShareGptRow> Type => Json.ShareGptRow;

    protected override ShareGptRow RowOf(ExportRow row, FormatContext context)
    {
        var (example, columns) = Of(row, context);
        return new ShareGptRow(columns) { Conversations = [.. example.Prompt.Select(message => new ShareGptTurn(From(message.Role), message.Content)), new("gpt", example.Answer)] };
    }

    protected override RowClaim ClaimOf(ShareGptRow row, RecipeYield yield) =>
        One(row, yield, row.Conversations.Count > 1 ? row.Conversations[^2].Value : null, row.Conversations is [.., { From: "gpt" } last] ? last.Value : null);

    private static string From(string role) => role switch { "system" => "system", "assistant" => "gpt", _ => "human" };
}
