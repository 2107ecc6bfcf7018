using System.Globalization;

namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>A number that a recipe can be given. In the recipe's SQL it stands as <c>@name</c>.</summary>
/// <param name="Name">As people write it.</param>
/// <param name="Default">Where nobody says.</param>
/// <param name="Least">The smallest that is allowed.</param>
/// <param name="Most">The largest.</param>
/// <param name="Whole">Whole numbers only.</param>
/// <param name="What">What it is, in a few words.</param>
internal sealed record RecipeParameter(string Name, double Default, double Least, double Most, bool Whole, string What)
{
    /// <summary><c>a number from 0 to 0.5</c>.</summary>
    public string Range => string.Create(CultureInfo.InvariantCulture, $"a {(Whole ? "whole number" : "number")} from {Least} to {Most}");

    /// <summary>Whether it may have the value.</summary>
    public bool Admits(double value) => value >= Least && value <= Most && (!Whole || double.IsInteger(value));
}
