using KernelForge.Contracts.Plans;

namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>The recipes that there are, and what is said of one that is not.</summary>
internal static class RecipeCatalogue
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
        [new ConcurRecipe(), new WithinEpsilonRecipe(), new AllCorrectRecipe(), new PreferenceRecipe(), new RepairRecipe(), new JudgeRecipe()];

    /// <summary>The recipe of a name; null where there is none.</summary>
    public static Recipe? Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name);

    /// <summary>Says that there is none of that name, and which there are.</summary>
    public static string Unknown(string name) => $"there is no recipe '{name}'{Suggestion.For(name, All.Select(recipe => recipe.Name))}; known: {string.Join(", ", All.Select(recipe => recipe.Name))}";

    /// <summary>The parameters of a recipe with nothing left to a default.</summary>
    /// <returns>Them by name, or the one that is wrong and why.</returns>
    public static (SortedDictionary<string, double> Values, string? Problem) Complete(Recipe recipe, IReadOnlyDictionary<string, double> given)
    {
        SortedDictionary<string, double> values = new(recipe.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Default), StringComparer.Ordinal);
        foreach (var (name, value) in given)
        {
            if (recipe.Parameters.FirstOrDefault(parameter => parameter.Name == name) is not { } parameter)
            {
                return (values, recipe.Parameters.Count == 0
                    ? $"recipe {recipe.Name} has no parameters, found '{name}'"
                    : $"recipe {recipe.Name} has no parameter '{name}'{Suggestion.For(name, values.Keys)}; it has {string.Join(", ", recipe.Parameters.Select(item => $"{item.Name} ({item.Range})"))}");
            }

            if (!parameter.Admits(value))
            {
                return (values, $"{name} of recipe {recipe.Name}: expected {parameter.Range}, found {value} ({parameter.What})");
            }

            values[name] = value;
        }

        return (values, null);
    }
}
