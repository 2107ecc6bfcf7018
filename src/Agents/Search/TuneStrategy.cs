using KernelForge.Agents.Chat;

namespace KernelForge.Agents.Search;

/// <summary>
/// <c>tune</c>: no model at all. The solution that the request holds is judged once, and its tunables are tried on the way: every combination, some by chance,
/// or all with the slower half given up again and again.
/// </summary>
internal sealed class TuneStrategy(string name) : Strategy(name, usesJudge: false)
{
    /// <inheritdoc/>
    public override bool UsesModels => false;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelName> ModelsOf(string coder) => ModelName.Parse(coder) is { Source: ModelSource.Solution } solution
        ? [solution]
        : throw new ModelNameException($"strategy {Name} asks no model: it tunes a solution that is there already; expected solution:SHA256, found '{coder}'");

    internal override RunLimits Limits(RunLimits asked) => asked with { Rounds = 1 };

    internal override async Task<Stop?> AdvanceAsync(RunSession session, CancellationToken cancellationToken) =>
        StopRule.AfterAttempt(session.Limits, session.Attempts, session.Best)
        ?? await session.AttemptGivenAsync(
            session.Request.Solution ?? throw new ArgumentException($"strategy {Name} needs a solution to tune", nameof(session)), session.Request.Tuning, cancellationToken);
}
