using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Plans;

namespace KernelForge.Api.Features.Datasets.Formats;

/// <summary>The formats that there are, and what is said of one that is not, or does not fit a recipe.</summary>
internal static class FormatCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<RowFormat> All { get; } =
    [
        new CanonicalFormat(), new SftFormat(), new CompletionFormat(), new DpoFormat(), new KtoFormat(), new ShareGptFormat(), new VerlFormat(), new AlpacaFormat(),
    ];

    /// <summary>The format of a name; null where there is none.</summary>
    public static RowFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>Says that there is none of that name, and which there are.</summary>
    public static string Unknown(string name) => $"there is no format '{name}'{Suggestion.For(name, All.Select(format => format.Name))}; known: {string.Join(", ", All.Select(format => format.Name))}";

    /// <summary>Why a format cannot hold what a recipe selects, and what fits; null where it can.</summary>
    public static string? Misfit(Recipe recipe, RowFormat format) => format.Takes.Contains(recipe.Yield) ? null
        : $"format {format.Name} cannot hold what recipe {recipe.Name} selects, {Words(recipe.Yield)}: it holds {string.Join(" or ", format.Takes.Select(Words))}. "
            + $"Recipe {recipe.Name} goes with {string.Join(", ", All.Where(other => other.Takes.Contains(recipe.Yield)).Select(other => other.Name))}; "
            + $"format {format.Name} goes with {string.Join(", ", RecipeCatalogue.All.Where(other => format.Takes.Contains(other.Yield)).Select(other => other.Name))}";

    private static string Words(RecipeYield yield) => yield switch
    {
        RecipeYield.Answers => "single answers",
        RecipeYield.Pairs => "pairs of answers",
        RecipeYield.Advice => "a Judge's advice",
        _ => throw new ArgumentOutOfRangeException(nameof(yield)),
    };
}
