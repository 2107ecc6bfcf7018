using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>Alpaca's instruction, input and output, with the system prompt and earlier turns where there are some.</summary>
internal sealed class AlpacaFormat : RowFormat<AlpacaRow>
{
    public override string Name => "alpaca";

    public override string What => "instruction, input (empty) and output, with the system prompt and earlier turns";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Answers, RecipeYield.Advice];

    public override string Loading => "Tools that read Alpaca (LLaMA-Factory's `formatting: alpaca`, with `system` and `history`) take the files in `data/` as they are. The other columns are provenance.";

    protected override JsonTypeInfo<AlpacaRow> Type => Json.AlpacaRow;

    protected override AlpacaRow RowOf(ExportRow row, FormatContext context)
    {
        var (example, columns) = Of(row, context);
        var turns = example.Prompt.Where(message => message.Role != "system").ToList();
        return new AlpacaRow(columns)
        {
            Instruction = turns.Count > 0 ? turns[^1].Content : "",
            Input = "",
            Output = example.Answer,
            System = string.Join("\n\n", example.Prompt.Where(message => message.Role == "system").Select(message => message.Content)),
            History = History(turns),
        };
    }

    protected override RowClaim ClaimOf(AlpacaRow row, RecipeYield yield) => One(row, yield, row.Instruction, row.Output);

    /// <summary>Questions and their answers before the last question.</summary>
    private static List<IReadOnlyList<string>> History(List<PromptMessage> turns)
    {
        List<IReadOnlyList<string>> history = [];
        for (var i = 0; i + 2 < turns.Count; i += 2)
        {
            history.Add([turns[i].Content, turns[i + 1].Content]);
        }

        return history;
    }
}
