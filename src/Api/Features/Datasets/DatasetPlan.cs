using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>A checked order: what an export takes, and in which form.</summary>
internal sealed record DatasetPlan
{
    public const string Sft = "sft";
    public const string Canonical = "canonical";
    public const int RecipeVersion = 1;
    private const double DefaultValidationShare = 0.1;
    private static readonly string[] LaterRecipes = ["concur", "within-epsilon", "preference", "repair", "judge"];
    private static readonly string[] LaterFormats = ["completion", "dpo", "kto", "sharegpt", "verl", "alpaca"];

    private DatasetPlan(DatasetOrder order) => Order = order;

    /// <summary>The order with nothing left to a default.</summary>
    public DatasetOrder Order { get; }

    /// <summary>The other kind, which this export does not look at.</summary>
    public string OtherKind => Order.Kind == "modelled" ? "measured" : "modelled";

    /// <summary>Which split a task goes to.</summary>
    public TaskSplit Split => new(Order.Seed, Order.ValidationShare ?? DefaultValidationShare);

    /// <summary>Checks an order.</summary>
    /// <returns>The plan, or the member that is wrong and why.</returns>
    public static (DatasetPlan? Plan, string Field, string Problem) Check(DatasetOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.Recipe != "all-correct")
        {
            return (null, "recipe", LaterRecipes.Contains(order.Recipe, StringComparer.Ordinal)
                ? $"recipe '{order.Recipe}' comes with a later version; this one exports all-correct"
                : $"there is no recipe '{order.Recipe}'; this version exports all-correct");
        }

        if (order.Format is not (Sft or Canonical))
        {
            return (null, "format", LaterFormats.Contains(order.Format, StringComparer.Ordinal)
                ? $"format '{order.Format}' comes with a later version; this one writes sft and canonical"
                : $"there is no format '{order.Format}'; this version writes sft and canonical");
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

        return (new DatasetPlan(order with
        {
            Include = [.. order.Include.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            ValidationShare = order.ValidationShare ?? DefaultValidationShare,
        }), "", "");
    }

    /// <summary>The plan of an order.</summary>
    /// <exception cref="DatasetException">Something of it cannot be had.</exception>
    public static DatasetPlan Of(DatasetOrder order)
    {
        var (plan, field, problem) = Check(order);
        return plan ?? throw new DatasetException($"{field}: {problem}");
    }
}
