namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>Advice that gained: a correct solution and its metrics, and the Judge's advice that made the next one faster.</summary>
internal sealed class JudgeRecipe : Recipe
{
    public override string Name => "judge";

    public override string What => "advice of a Judge that gained: a correct solution with its metrics as the prompt, the advice as the answer, where the attempt that followed it was at least `gain` times as fast as the one it was given about";

    public override IReadOnlyList<RecipeParameter> Parameters { get; } = [new("gain", 1.05, 1, 100, Whole: false, "the attempt that followed the advice is at least so many times as fast")];

    public override RecipeYield Yield => RecipeYield.Advice;

    // The gain is over the solution that was advised on, not over the run's best: that is what the advice was about. Equal times gained nothing.
    // Code that the prompt's template would change (blanks at its end) could not be checked against its hash.
    public override string Rule =>
        $"""
        {Fit}
        SELECT f.run_id, f.round, CASE WHEN w.reason IS NULL THEN 'advice_gained' END AS kept, w.reason AS dropped
        FROM fit f
        JOIN rounds r USING (run_id, round)
        LEFT JOIN rounds p ON p.run_id = r.run_id AND p.round = r.parent
        LEFT JOIN evaluations e ON e.id = p.evaluation_id
        LEFT JOIN solutions s ON s.sha256 = p.solution_sha256
        CROSS JOIN LATERAL (SELECT CASE
            WHEN p.run_id IS NULL THEN 'no_parent'
            WHEN f.advised IS DISTINCT FROM 'optimisation' THEN 'no_advice'
            WHEN p.status <> 'passed' OR e.latency_ms IS NULL THEN 'parent_without_time'
            WHEN e.latency_ms <= f.latency_ms OR e.latency_ms < @gain * f.latency_ms THEN 'no_gain'
            WHEN s.code <> rtrim(s.code, E' \n\r\t') || E'\n' THEN 'code_not_quotable'
        END AS reason) w
        """;
}
