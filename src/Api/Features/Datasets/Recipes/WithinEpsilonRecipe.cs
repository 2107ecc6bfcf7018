namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>The shortest reasoning among the kernels that are nearly as fast as the best.</summary>
internal sealed class WithinEpsilonRecipe : Recipe
{
    public override string Name => "within-epsilon";

    public override string What =>
        "of each task, device and class: what is slower than (1 − `epsilon`) × the best speed is dropped; of the rest the one with the shortest reasoning stays, of equal ones the fastest";

    public override IReadOnlyList<RecipeParameter> Parameters { get; } = [new("epsilon", 0.05, 0, 0.9, Whole: false, "share of the best speed that may be missing")];

    // Speeds are compared as times: speed ≥ (1 − ε) × best speed is time × (1 − ε) ≤ best time.
    public override string Rule =>
        $"""
        {Fit},
        timed AS (SELECT fit.*, latency_ms * (1 - @epsilon) <= min(latency_ms) OVER (PARTITION BY comparison) AS fast FROM fit),
        placed AS (SELECT timed.*, row_number() OVER (PARTITION BY comparison, fast ORDER BY length, latency_ms, {Earliest}) AS number FROM timed)
        SELECT run_id, round,
            CASE WHEN fast AND number = 1 THEN 'shortest_of_the_fast' END AS kept,
            CASE WHEN NOT fast THEN 'slower' WHEN number > 1 THEN 'longer' END AS dropped
        FROM placed
        """;
}
