using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KernelForge.Agents.Suite;

/// <summary>
/// The tasks in <c>bench-tasks/&lt;category&gt;/&lt;name&gt;.py</c>, read without Python: names from the folders, declared
/// presets from the text, the rest from <c>index.json</c>. With a data folder, those that were imported into it too.
/// </summary>
public sealed partial class TaskSuite
{
    private readonly string _folder;
    private readonly string? _home;

    private TaskSuite(string folder, string? home, IReadOnlyList<TaskEntry> tasks)
    {
        _folder = folder;
        _home = home;
        Tasks = tasks;
    }

    /// <summary>Every task, by name.</summary>
    public IReadOnlyList<TaskEntry> Tasks { get; }

    /// <summary>Reads the suite of a repository.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="home">The data folder with imported tasks; null: without them.</param>
    /// <exception cref="InvalidDataException">A file beside the tasks is damaged.</exception>
    public static TaskSuite Load(string root, string? home = null)
    {
        var folder = Path.Combine(root, "bench-tasks");
        var index = ReadIndex(Path.Combine(folder, "index.json"));
        var own = Read(folder, (category, name) => $"{category}/{name}", (entry, _) => index.GetValueOrDefault(entry.Name) is { } line
            ? entry with { Origin = line.Origin, Kernelbench = line.Kernelbench, Difficulty = line.Difficulty }
            : entry);
        var imported = home is null
            ? []
            : Read(ImportedTasks.FolderOf(home), ImportedTasks.NameOf, (entry, name) => entry with { Origin = ImportedTasks.Origin, Kernelbench = ImportedTasks.NumberOf(entry.Category, name) });
        return new TaskSuite(folder, home, [.. own.Concat(imported).OrderBy(task => task.Name, StringComparer.Ordinal)]);
    }

    /// <summary>Finds the task that the user named: a name, a path to a <c>.py</c> file, or <c>kernelbench:L1/19</c>.</summary>
    /// <exception cref="TaskNotFoundException">The suite has none of that name.</exception>
    /// <exception cref="InvalidDataException">There is no such file.</exception>
    public TaskFile Find(string text)
    {
        if (text.StartsWith("kernelbench:", StringComparison.OrdinalIgnoreCase))
        {
            var number = text["kernelbench:".Length..];
            return Numbered(number) is { } numbered
                ? FileOf(numbered)
                : throw new TaskNotFoundException($"no task of the suite is KernelBench's {number}; known: {string.Join(", ", Tasks.Select(task => task.Kernelbench).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}");
        }

        if (Tasks.FirstOrDefault(task => task.Name == text) is { } named)
        {
            return FileOf(named);
        }

        return text.EndsWith(".py", StringComparison.Ordinal) || File.Exists(text) ? ByPath(text) : throw Unknown(text);
    }

    /// <summary>The task with a number of KernelBench: our own where there is one, else the first imported one; null: none.</summary>
    public TaskEntry? Numbered(string number) =>
        Tasks.Where(task => string.Equals(task.Kernelbench, number, StringComparison.OrdinalIgnoreCase)).OrderBy(task => ImportedTasks.Owns(task.Name)).FirstOrDefault();

    /// <summary>Path of a task's file.</summary>
    public TaskFile FileOf(TaskEntry task) => new(task.Name, _home is not null && ImportedTasks.Owns(task.Name) ? ImportedTasks.PathOf(_home, task.Name) : Path.Combine(_folder, task.Name + ".py"), task);

    private TaskFile ByPath(string text)
    {
        var path = Path.GetFullPath(text);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"there is no task file {text}");
        }

        return Tasks.Select(FileOf).FirstOrDefault(file => Path.GetFullPath(file.Path) == path) is { } known
            ? known
            : new TaskFile(Path.GetFileNameWithoutExtension(path), path, null);
    }

    private TaskNotFoundException Unknown(string text)
    {
        var near = NearNames.Of(text, Tasks.Select(task => task.Name));
        var hint = near.Count > 0
            ? $"did you mean {string.Join(" or ", near)}?"
            : "./kernelforge tasks list shows them all.";
        return new TaskNotFoundException($"there is no task '{text}'; {hint} A TASK is a name such as activation/gelu, a path to a .py file, or kernelbench:L1/26.");
    }

    private static IEnumerable<TaskEntry> Read(string folder, Func<string, string, string> nameOf, Func<TaskEntry, string, TaskEntry> complete)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var audits = SuiteRecords.Audits(folder);
        return Directory.EnumerateDirectories(folder)
            .SelectMany(category => Directory.EnumerateFiles(category, "*.py"))
            .Select(file => complete(Describe(file, nameOf, audits), Path.GetFileNameWithoutExtension(file)));
    }

    private static TaskEntry Describe(string file, Func<string, string, string> nameOf, IReadOnlyDictionary<string, AuditRecord> audits)
    {
        var category = Path.GetFileName(Path.GetDirectoryName(file))!;
        var name = nameOf(category, Path.GetFileNameWithoutExtension(file));
        var bytes = File.ReadAllBytes(file);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var audit = audits.GetValueOrDefault(name) is { } record && record.IsOf(sha256) ? record : null;
        return new TaskEntry
        {
            Name = name,
            Category = category,
            Sha256 = sha256,
            Ranked = audit?.Ranked,
            Reason = audit is null ? "not audited yet: ./kernelforge tasks audit" : audit.Reason,
            Presets = PresetsOf(Encoding.UTF8.GetString(bytes)),
        };
    }

    /// <summary>Presets that a task's text declares; empty where it declares none.</summary>
    internal static string[] PresetsOf(string source)
    {
        var declaration = Declaration().Match(source);
        return declaration.Success ? [.. PresetName().Matches(declaration.Value).Select(match => match.Groups["name"].Value)] : [];
    }

    private static Dictionary<string, IndexEntry> ReadIndex(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var stream = File.OpenRead(path);
            var entries = JsonSerializer.Deserialize(stream, SuiteJson.Default.IReadOnlyListIndexEntry) ?? [];
            return entries.GroupBy(entry => entry.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice
                ? throw new InvalidDataException($"{path}, {LinesOf(path, twice.Key)}: two tasks are named {twice.Key}; expected one line a task")
                : entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    private static string LinesOf(string path, string name)
    {
        var lines = File.ReadLines(path).Index().Where(line => line.Item.Contains($"\"{name}\"", StringComparison.Ordinal)).Select(line => line.Index + 1).Distinct();
        return "lines " + string.Join(" and ", lines);
    }

    // PRESETS = { … } up to the brace that stands first on its line, or the end of the line.
    [GeneratedRegex(@"^PRESETS\b[^=]*=\s*\{(?:.*\}\s*(?:#.*)?$|(?:.*\n)*?^\})", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex("""["'](?<name>\w+)["']\s*:\s*\{""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PresetName();
}
