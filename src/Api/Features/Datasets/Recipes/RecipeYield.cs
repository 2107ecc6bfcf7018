namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>What a recipe's selection teaches; a format says which of them it can hold.</summary>
internal enum RecipeYield
{
    /// <summary>One answer of a Coder each: prompt, reasoning, solution.</summary>
    Answers,

    /// <summary>Two answers to one prompt, one better than the other.</summary>
    Pairs,

    /// <summary>A Judge's advice on a solution and its metrics.</summary>
    Advice,
}
