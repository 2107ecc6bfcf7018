namespace KernelForge.Agents.Prompts;

/// <summary>A worked example: a good solution of a task.</summary>
public sealed record WorkedExample(string TaskName, string Category, string Code);

/// <summary>The good solutions of <c>prompts/examples/CATEGORY/TASK.good.cu</c>.</summary>
public sealed class ExampleLibrary
{
    private const string Ending = ".good.cu";

    private ExampleLibrary(IReadOnlyList<WorkedExample> examples) => Examples = examples;

    /// <summary>All of them, by task name.</summary>
    public IReadOnlyList<WorkedExample> Examples { get; }

    /// <summary>Reads the folder; one that is not there holds no examples.</summary>
    public static ExampleLibrary Load(string folder)
    {
        List<WorkedExample> examples = [];
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*" + Ending, SearchOption.AllDirectories) : [])
        {
            var category = Path.GetFileName(Path.GetDirectoryName(file)!);
            examples.Add(new WorkedExample($"{category}/{Path.GetFileName(file)[..^Ending.Length]}", category, File.ReadAllText(file)));
        }

        return new ExampleLibrary([.. examples.OrderBy(example => example.TaskName, StringComparer.Ordinal)]);
    }

    /// <summary>
    /// An example of the same category, else the shortest of any other, so that the form is seen without much of an algorithm
    /// that does not fit; never the task's own, not under KernelBench's spelling of its name either. Null where there is none.
    /// </summary>
    public WorkedExample? For(string taskName, string? category)
    {
        var own = Operator(taskName);
        var others = Examples.Where(example => Operator(example.TaskName) != own).ToList();
        return others.Find(example => example.Category == category) ?? others.MinBy(example => example.Code.Length);
    }

    /// <summary>The bare operator's name: <c>activation/relu</c>, <c>relu_strict</c> and <c>19_ReLU</c> are all <c>relu</c>.</summary>
    private static string Operator(string taskName)
    {
        var last = taskName[(taskName.LastIndexOf('/') + 1)..];
        var letters = string.Concat(last.TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '_').Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return letters.EndsWith("strict", StringComparison.Ordinal) ? letters[..^"strict".Length] : letters;
    }
}
