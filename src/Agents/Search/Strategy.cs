using KernelForge.Agents.Chat;

namespace KernelForge.Agents.Search;

/// <summary>A way to search: which attempt to make next, from what, with whose advice. <see cref="SearchRun"/> runs it.</summary>
public abstract class Strategy
{
    private protected Strategy(string name, bool usesJudge)
    {
        Name = name;
        UsesJudge = usesJudge;
    }

    /// <summary>Its name: <c>coder-judge</c>.</summary>
    public string Name { get; }

    /// <summary>Whether it asks a Judge.</summary>
    public bool UsesJudge { get; }

    /// <summary>Whether it asks models at all.</summary>
    public virtual bool UsesModels => true;

    /// <summary>The Coders that a text names.</summary>
    /// <exception cref="ModelNameException">It names none that this strategy can use; the message says what can be named.</exception>
    public virtual IReadOnlyList<ModelName> ModelsOf(string coder) => ModelName.Parse(coder) is { Source: not ModelSource.Solution } model
        ? [model]
        : throw new ModelNameException($"'{coder}' is a solution that is there already, and strategy {Name} writes its own: only strategy tune takes one");

    /// <summary>The limits it keeps to, of those asked for.</summary>
    internal virtual RunLimits Limits(RunLimits asked) => asked;

    /// <summary>Makes the next round from the finished ones; the reason to stop, or null: go on.</summary>
    internal abstract Task<Stop?> AdvanceAsync(RunSession session, CancellationToken cancellationToken);
}
