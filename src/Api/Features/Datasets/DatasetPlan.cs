using KernelForge.Api.Features.Datasets.Formats;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>A checked order: what an export takes, and in which form.</summary>
internal sealed record DatasetPlan
{
    private const double DefaultValidationShare = 0.1;

    private DatasetPlan(DatasetOrder order, Recipe recipe, RowFormat format) => (Order, Recipe, Format) = (order, recipe, format);

    /// <summary>The order with nothing left to a default.</summary>
    public DatasetOrder Order { get; }

    /// <summary>Which attempts.</summary>
    public Recipe Recipe { get; }

    /// <summary>In which form.</summary>
    public RowFormat Format { get; }

    /// <summary>The other kind, which this export does not look at.</summary>
    public string OtherKind => Order.Kind == "modelled" ? "measured" : "modelled";

    /// <summary>Which split a task goes to.</summary>
    public TaskSplit Split => new(Order.Seed, Order.ValidationShare ?? DefaultValidationShare);

    /// <summary>Checks an order.</summary>
    /// <returns>The plan, or the member that is wrong and why.</returns>
    public static (DatasetPlan? Plan, string Field, string Problem) Check(DatasetOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (RecipeCatalogue.Find(order.Recipe) is not { } recipe)
        {
            return (null, "recipe", RecipeCatalogue.Unknown(order.Recipe));
        }

        var (parameters, wrong) = RecipeCatalogue.Complete(recipe, order.RecipeParameters);
        if (wrong is not null)
        {
            return (null, "recipe_parameters", wrong);
        }

        if (FormatCatalogue.Find(order.Format) is not { } format)
        {
            return (null, "format", FormatCatalogue.Unknown(order.Format));
        }

        if (FormatCatalogue.Misfit(recipe, format) is { } misfit)
        {
            return (null, "format", misfit);
        }

        if (order.Kind is not ("modelled" or "measured"))
        {
            return (null, "kind", $"expected modelled or measured, found '{order.Kind}'; an export holds one kind of figures");
        }

        if (order.Include.FirstOrDefault(item => item is not ("replay" or "simulated")) is { } unknown)
        {
            return (null, "include", $"expected replay or simulated, found '{unknown}'; live attempts are always in");
        }

        if (order.ValidationShare is { } share && !(share >= 0 && share < 1))
        {
            return (null, "validation_share", $"expected a share from 0 to below 1, found {share}");
        }

        DatasetOrder whole = order with
        {
            RecipeParameters = parameters,
            Include = [.. order.Include.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            ValidationShare = order.ValidationShare ?? DefaultValidationShare,
        };
        return (new DatasetPlan(whole, recipe, format), "", "");
    }

    /// <summary>The plan of an order.</summary>
    /// <exception cref="DatasetException">Something of it cannot be had.</exception>
    public static DatasetPlan Of(DatasetOrder order)
    {
        var (plan, field, problem) = Check(order);
        return plan ?? throw new DatasetException($"{field}: {problem}");
    }
}
