using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KernelForge.Agents.Prompts;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>Where a row goes.</summary>
/// <param name="Plan">The export.</param>
/// <param name="Prompts">Templates, for prompts that are made anew; null where the recipe needs none.</param>
/// <param name="Split">Its split.</param>
/// <param name="Index">Its place in the split, from 0.</param>
internal sealed record FormatContext(DatasetPlan Plan, PromptLibrary? Prompts, string Split, long Index);

/// <summary>A form of data files: how a row is written, and how it is read back to be checked (docs/dataset-formats.md).</summary>
internal abstract class RowFormat
{
    protected static readonly ContractsJson Json = new(new JsonSerializerOptions(ContractsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>As people write it.</summary>
    public abstract string Name { get; }

    /// <summary>What a row is, for the card.</summary>
    public abstract string What { get; }

    /// <summary>What it can hold.</summary>
    public abstract IReadOnlyList<RecipeYield> Takes { get; }

    /// <summary>It holds every attempt, selected or not.</summary>
    public virtual bool EveryAttempt => false;

    /// <summary>Every row has the same columns, which the card declares.</summary>
    public virtual bool IsFlat => true;

    /// <summary>How it is loaded, for the card.</summary>
    public abstract string Loading { get; }

    /// <summary>Columns of a row with their types.</summary>
    public abstract JsonTypeInfo RowType { get; }

    /// <summary>Which rows it makes of what a recipe marked.</summary>
    public virtual RowSet RowsOf(Recipe recipe) => recipe.Yield == RecipeYield.Advice ? RowSet.WithParent : RowSet.Selected;

    /// <summary>A row as one line of JSON, without its end.</summary>
    public abstract byte[] Line(ExportRow row, FormatContext context);

    /// <summary>What a line says of itself.</summary>
    /// <exception cref="JsonException">It is no row of this format.</exception>
    public abstract RowClaim Claim(byte[] line, RecipeYield yield);

    /// <summary>The assistant's message.</summary>
    protected static PromptMessage Assistant(string content) => new() { Role = "assistant", Content = content };
}

/// <summary>A format whose rows are of one type.</summary>
internal abstract class RowFormat<TRow> : RowFormat
    where TRow : class
{
    public override JsonTypeInfo RowType => Type;

    /// <summary>The row's JSON.</summary>
    protected abstract JsonTypeInfo<TRow> Type { get; }

    public override byte[] Line(ExportRow row, FormatContext context) => JsonSerializer.SerializeToUtf8Bytes(RowOf(row, context), Type);

    public override RowClaim Claim(byte[] line, RecipeYield yield) => ClaimOf(JsonSerializer.Deserialize(line, Type) ?? throw new JsonException("expected an object, found null"), yield);

    /// <summary>A row.</summary>
    protected abstract TRow RowOf(ExportRow row, FormatContext context);

    /// <summary>What a row says of itself.</summary>
    protected abstract RowClaim ClaimOf(TRow row, RecipeYield yield);

    /// <summary>What it teaches, and the columns that every training row has.</summary>
    protected static (TrainingExample Example, TrainingRow Columns) Of(ExportRow row, FormatContext context)
    {
        var example = TrainingExample.Of(row, context.Plan.Recipe, context.Prompts);
        return (example, example.Columns(row, context.Plan.Order));
    }

    /// <summary>The claim of a row that teaches one answer.</summary>
    /// <param name="row">Its columns.</param>
    /// <param name="yield">What its recipe gives.</param>
    /// <param name="question">The last message before the answer.</param>
    /// <param name="answer">The answer; null where the row has none.</param>
    protected static RowClaim One(TrainingRow row, RecipeYield yield, string? question, string? answer) => new()
    {
        Key = row.Id,
        Attempt = row.Id,
        Task = row.Task,
        Kind = row.Kind,
        AttemptKind = row.AttemptKind,
        Selected = true,
        Reason = row.Reason,
        Codes = [new(answer is null ? null : TrainingExample.CodeOf(yield, question ?? "", answer), row.SolutionSha256)],
    };

    /// <summary>The text of the last message where it is the assistant's; null where it is not.</summary>
    protected static string? Answer(IReadOnlyList<PromptMessage> messages) => messages is [.., { Role: "assistant" } last] ? last.Content : null;
}
