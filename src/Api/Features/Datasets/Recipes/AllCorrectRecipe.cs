namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>Everything that is fit.</summary>
internal sealed class AllCorrectRecipe : Recipe
{
    public override string Name => "all-correct";

    public override string What => "every correct attempt that is fit for training, each once";

    public override string Rule => $"{Fit} SELECT run_id, round, 'correct' AS kept, NULL AS dropped FROM fit";
}
