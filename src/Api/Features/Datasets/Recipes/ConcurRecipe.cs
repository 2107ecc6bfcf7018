namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>
/// ConCuR's curation: the union of (a) the attempt whose reasoning is the shortest and whose kernel is the fastest, (b) one that is very fast although
/// its reasoning is not the shortest, (c) one of each single-operator task that neither gave. Attempts of equal length, or of equal time, are all the
/// shortest, or the fastest; one answer alone is both.
/// </summary>
internal sealed class ConcurRecipe : Recipe
{
    public override string Name => "concur";

    public override string What =>
        "of each task, device and class: (a) the attempt that has both the shortest reasoning and the fastest kernel; (b) of those faster than `speedup` times the baseline whose reasoning is not the "
        + "shortest, the one with the shortest; (c) of a task of a single operator that gave neither, the one with the shortest reasoning";

    public override IReadOnlyList<RecipeParameter> Parameters { get; } =
    [
        new("speedup", 5, 1, 1000, Whole: false, "part (b) takes what is faster than so many times the baseline"),
        new("min_answers", 1, 1, 1000, Whole: true, "part (a) needs so many correct answers to compare"),
        new("single_operator", 1, 0, 1, Whole: true, "1: with part (c), 0: without"),
    ];

    // Parts (a) and (b) never meet: (a) has the shortest reasoning, (b) has not.
    public override string Rule =>
        $"""
        {Fit},
        measured AS (
            SELECT fit.*, min(length) OVER same AS shortest, min(latency_ms) OVER same AS fastest, count(*) OVER same AS answers
            FROM fit WINDOW same AS (PARTITION BY comparison)
        ),
        a AS (
            SELECT DISTINCT ON (comparison) comparison, run_id, round FROM measured
            WHERE length = shortest AND latency_ms = fastest AND answers >= @min_answers ORDER BY comparison, {Earliest}
        ),
        b AS (
            SELECT DISTINCT ON (comparison) comparison, run_id, round FROM measured
            WHERE speedup_factor > @speedup AND length > shortest ORDER BY comparison, length, latency_ms, {Earliest}
        ),
        c AS (
            SELECT DISTINCT ON (comparison) comparison, run_id, round FROM measured
            WHERE @single_operator = 1 AND single_operator AND comparison NOT IN (SELECT comparison FROM a UNION ALL SELECT comparison FROM b)
            ORDER BY comparison, length, latency_ms, {Earliest}
        ),
        parts AS (
            SELECT run_id, round, 'a_shortest_and_fastest' AS part FROM a
            UNION ALL SELECT run_id, round, 'b_very_fast' FROM b
            UNION ALL SELECT run_id, round, 'c_single_operator' FROM c
        )
        SELECT m.run_id, m.round, p.part AS kept,
            CASE
                WHEN p.part IS NOT NULL THEN NULL
                WHEN m.length > m.shortest AND m.latency_ms > m.fastest THEN 'longer_and_slower'
                WHEN m.length > m.shortest THEN 'longer'
                WHEN m.latency_ms > m.fastest THEN 'slower'
                WHEN m.answers < @min_answers THEN 'too_few_answers'
                ELSE 'equal_to_another'
            END AS dropped
        FROM measured m LEFT JOIN parts p USING (run_id, round)
        """;
}
