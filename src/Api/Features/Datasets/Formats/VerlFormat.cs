using System.Text.Json.Serialization.Metadata;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>verl's prompts for reinforcement learning, each with a solution that passed.</summary>
internal sealed class VerlFormat : RowFormat<VerlRow>
{
    public override string Name => "verl";

    public override string What => "a prompt for reinforcement learning with what its reward needs: the task, and a solution that passed";

    public override IReadOnlyList<RecipeYield> Takes { get; } = [RecipeYield.Answers];

    public override bool IsFlat => false;

    public override string Loading =>
        "verl reads `data_source`, `prompt`, `ability`, `reward_model` and `extra_info`. The reward is the evaluator's verdict on the model's own answer "
        + "(`kernelforge eval` of `extra_info.task`); `reward_model.ground_truth` is a solution that passed with the figures in `extra_info`. verl takes Parquet:\n\n"
        + "```python\nfrom datasets import load_dataset\n\nload_dataset(\"FOLDER\")[\"train\"].to_parquet(\"train.parquet\")\n```";

    protected override JsonTypeInfo<VerlRow> Type => Json.VerlRow;

    protected override VerlRow RowOf(ExportRow row, FormatContext context)
    {
        var (example, columns) = Of(row, context);
        return new VerlRow
        {
            DataSource = $"kernelforge/{columns.Category ?? "none"}",
            Prompt = example.Prompt,
            Ability = "cuda",
            RewardModel = new VerlReward { Style = "rule", GroundTruth = row.Attempt.Record.Code! },
            ExtraInfo = new VerlExtraInfo(columns) { Split = context.Split, Index = context.Index, Reasoning = row.Attempt.Record.Reasoning! },
        };
    }

    protected override RowClaim ClaimOf(VerlRow row, RecipeYield yield) =>
        One(row.ExtraInfo, yield, null, null) with { Codes = [new(row.RewardModel.GroundTruth, row.ExtraInfo.SolutionSha256)] };
}
