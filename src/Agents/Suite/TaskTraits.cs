namespace KernelForge.Agents.Suite;

/// <summary>What tasks are told apart by in lists: a task's own, or those that are wanted, null where any will do.</summary>
public sealed record TaskTraits
{
    private static readonly string[] Verdicts = ["ranked", "unranked", "unaudited"];

    /// <summary>Folder of the suite, or of the one it was imported from.</summary>
    public string? Category { get; init; }

    /// <summary>KernelBench's level, <c>1</c> of <c>L1/26</c>.</summary>
    public string? Level { get; init; }

    /// <summary><c>ranked</c>, <c>unranked</c> or <c>unaudited</c>.</summary>
    public string? Verdict { get; init; }

    /// <summary>Precision that its operations are priced in.</summary>
    public string? Precision { get; init; }

    /// <summary>Where it comes from.</summary>
    public string? Origin { get; init; }

    /// <summary><c>easy</c>, <c>medium</c> or <c>hard</c> to make fast.</summary>
    public string? Difficulty { get; init; }

    /// <summary>Something is wanted.</summary>
    public bool Any => Parts(this).Any(part => part.Value is not null);

    /// <summary>The traits of a task.</summary>
    public static TaskTraits Of(string? category, string? kernelbench, bool? ranked, string? precision, string? origin, string? difficulty) => new()
    {
        Category = category,
        Level = kernelbench is ['L', ..] && kernelbench.IndexOf('/', StringComparison.Ordinal) is > 1 and var slash ? kernelbench[1..slash] : null,
        Verdict = ranked switch { true => Verdicts[0], false => Verdicts[1], null => Verdicts[2] },
        Precision = precision,
        Origin = origin,
        Difficulty = difficulty,
    };

    /// <summary>Whether a task has what these want.</summary>
    public bool Admits(TaskTraits task) => Parts(this).Zip(Parts(task)).All(pair => pair.First.Value is null || pair.First.Value == pair.Second.Value);

    /// <summary>What is wanted and no task could have, with what is known; null: nothing.</summary>
    public string? Unknown(IReadOnlyCollection<TaskTraits> tasks)
    {
        foreach (var (name, value) in Parts(this))
        {
            var known = Known(name, tasks);
            if (value is not null && !known.Contains(value, StringComparer.Ordinal))
            {
                return $"there is no {name} '{value}'; known: {(known.Count > 0 ? string.Join(", ", known) : "none yet")}";
            }
        }

        return null;
    }

    /// <summary>The values of one trait, <c>category</c> and so on, that may be wanted.</summary>
    public static IReadOnlyList<string> Known(string name, IEnumerable<TaskTraits> tasks)
    {
        var found = tasks.Select(task => Parts(task).First(part => part.Name == name).Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<string> always = name switch
        {
            "level" => ["1", "2", "3"],
            "verdict" => Verdicts,
            "origin" => ["kernelbench", "multikernelbench", "kernelforge", ImportedTasks.Origin],
            "difficulty" => ["easy", "medium", "hard"],
            _ => [],
        };
        return [.. always, .. found.Except(always).Order(StringComparer.Ordinal)];
    }

    private static (string Name, string? Value)[] Parts(TaskTraits of) =>
        [("category", of.Category), ("level", of.Level), ("verdict", of.Verdict), ("precision", of.Precision), ("origin", of.Origin), ("difficulty", of.Difficulty)];
}
