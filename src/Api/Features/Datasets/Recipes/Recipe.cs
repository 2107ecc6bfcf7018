namespace KernelForge.Api.Features.Datasets.Recipes;

/// <summary>
/// A named, versioned rule: which of the attempts that are fit for training, each once, a dataset teaches. All rules read one table,
/// <c>attempt_marks</c> (<see cref="AttemptMarks"/>), and are one query over it. What is compared is compared within <c>comparison</c>: one task on
/// one device in one class of precision, libraries and preparation, because only there times say something of each other.
/// </summary>
internal abstract class Recipe
{
    /// <summary>Put before every rule: the attempts that it chooses from, and which of two equal ones comes first.</summary>
    protected const string Fit = "WITH fit AS (SELECT * FROM attempt_marks WHERE dropped IS NULL)";

    /// <summary>The order of what a rule leaves equal: the earlier attempt, then the run's id.</summary>
    protected const string Earliest = "finished_at, run_id, round";

    /// <summary>As people write it.</summary>
    public abstract string Name { get; }

    /// <summary>Of the rule: it grows when the same attempts would be chosen differently.</summary>
    public virtual int Version => 1;

    /// <summary>The rule in a sentence, for the card.</summary>
    public abstract string What { get; }

    /// <summary>Its parameters.</summary>
    public virtual IReadOnlyList<RecipeParameter> Parameters => [];

    /// <summary>What it selects.</summary>
    public virtual RecipeYield Yield => RecipeYield.Answers;

    /// <summary>
    /// The rule: a query that gives <c>run_id, round, kept, dropped</c> for every attempt that is fit, and of <c>kept</c> and <c>dropped</c> exactly
    /// one, the reason.
    /// </summary>
    public abstract string Rule { get; }

    /// <summary>For <see cref="RecipeYield.Pairs"/>: a query that gives <c>run_id, round, other_run, other_round, why</c>; null for other recipes.</summary>
    public virtual string? Pairs => null;
}
