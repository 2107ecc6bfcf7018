namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>Answers that put a wrong attempt right by the Judge's advice. Their prompt holds the wrong code, its evidence and the advice.</summary>
internal sealed class RepairRecipe : Recipe
{
    public override string Name => "repair";

    public override string What => "correct attempts that repaired a wrong one by the Judge's advice: the prompt holds the wrong solution, the evidence and the advice";

    public override string Rule =>
        $"""
        {Fit}
        SELECT f.run_id, f.round, CASE WHEN w.repairs THEN 'repaired' END AS kept,
            CASE WHEN w.repairs THEN NULL WHEN p.run_id IS NULL THEN 'no_parent' WHEN p.status = 'passed' THEN 'parent_was_right' ELSE 'no_advice' END AS dropped
        FROM fit f
        JOIN rounds r USING (run_id, round)
        LEFT JOIN rounds p ON p.run_id = r.run_id AND p.round = r.parent
        CROSS JOIN LATERAL (SELECT coalesce(p.status <> 'passed' AND p.solution_sha256 IS NOT NULL AND f.advised = 'correction', false) AS repairs) w
        """;
}
