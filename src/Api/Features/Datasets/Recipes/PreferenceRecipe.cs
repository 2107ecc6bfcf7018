namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>
/// Pairs of answers to the very same prompt: the fastest against one that is slower or wrong. An answer to another prompt, a correction say, is none
/// to this one, so it makes no pair.
/// </summary>
internal sealed class PreferenceRecipe : Recipe
{
    public override string Name => "preference";

    public override string What =>
        "pairs of answers to one prompt: the fastest correct one (of equal ones the one with the shortest reasoning) against each that is at least `gain` times slower in the same class or that is wrong, at most `pairs` of them";

    public override IReadOnlyList<RecipeParameter> Parameters { get; } =
    [
        new("gain", 1.2, 1, 100, Whole: false, "a slow answer takes at least so many times as long as the fastest"),
        new("pairs", 4, 1, 64, Whole: true, "most pairs of one prompt on one device"),
    ];

    public override RecipeYield Yield => RecipeYield.Pairs;

    // Equal times are no preference, whatever the gain. Wrong answers come first: they are the clearer contrast; of each kind the earliest.
    public override string Pairs =>
        $"""
        {Fit},
        best AS (
            SELECT DISTINCT ON (place, prompt_sha256) * FROM fit ORDER BY place, prompt_sha256, latency_ms, length, {Earliest}
        ),
        bad AS (
            SELECT b.run_id, b.round, o.run_id AS other_run, o.round AS other_round,
                CASE WHEN o.correct THEN 'rejected_slow' ELSE 'rejected_wrong' END AS why,
                row_number() OVER (PARTITION BY b.run_id, b.round ORDER BY o.correct, o.finished_at, o.run_id, o.round) AS number
            FROM best b JOIN attempt_marks o ON o.place = b.place AND o.prompt_sha256 = b.prompt_sha256
            WHERE CASE
                WHEN o.correct THEN o.dropped IS NULL AND o.comparison = b.comparison AND o.latency_ms > b.latency_ms AND o.latency_ms >= @gain * b.latency_ms
                ELSE o.usable
            END
        )
        SELECT run_id, round, other_run, other_round, why FROM bad WHERE number <= @pairs
        """;

    public override string Rule =>
        $"""
        {Fit}
        SELECT f.run_id, f.round, CASE WHEN c.run_id IS NOT NULL THEN 'chosen' END AS kept,
            CASE WHEN c.run_id IS NOT NULL THEN NULL ELSE coalesce(r.why, 'no_pair') END AS dropped
        FROM fit f
        LEFT JOIN (SELECT DISTINCT run_id, round FROM attempt_pairs) c USING (run_id, round)
        LEFT JOIN attempt_pairs r ON r.other_run = f.run_id AND r.other_round = f.round
        """;
}
