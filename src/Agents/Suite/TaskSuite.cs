using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Suite;

/// <summary>
/// The tasks in <c>bench-tasks/&lt;category&gt;/&lt;name&gt;.py</c>, read without Python: names from the folders, declared
/// presets from the text, the rest from <c>index.json</c>.
/// </summary>
public sealed partial class TaskSuite
{
    private readonly string _folder;

    private TaskSuite(string folder, IReadOnlyList<TaskEntry> tasks)
    {
        _folder = folder;
        Tasks = tasks;
    }

    /// <summary>Every task, by name.</summary>
    public IReadOnlyList<TaskEntry> Tasks { get; }

    /// <summary>Reads the suite of a repository.</summary>
    public static TaskSuite Load(string root)
    {
        var folder = Path.Combine(root, "bench-tasks");
        var index = ReadIndex(Path.Combine(folder, "index.json"));
        var audits = SuiteRecords.Audits(folder);
        if (!Directory.Exists(folder))
        {
            return new TaskSuite(folder, []);
        }

        var tasks = Directory.EnumerateDirectories(folder)
            .SelectMany(category => Directory.EnumerateFiles(category, "*.py"))
            .Select(file => Describe(file, index, audits))
            .OrderBy(task => task.Name, StringComparer.Ordinal);
        return new TaskSuite(folder, [.. tasks]);
    }

    /// <summary>Finds the task that the user named: a name, a path to a <c>.py</c> file, or <c>kernelbench:L1/19</c>.</summary>
    /// <exception cref="TaskNotFoundException">The suite has none of that name.</exception>
    /// <exception cref="InvalidDataException">There is no such file.</exception>
    public TaskFile Find(string text)
    {
        if (text.StartsWith("kernelbench:", StringComparison.OrdinalIgnoreCase))
        {
            var number = text["kernelbench:".Length..];
            return Tasks.FirstOrDefault(task => string.Equals(task.Kernelbench, number, StringComparison.OrdinalIgnoreCase)) is { } numbered
                ? FileOf(numbered)
                : throw new TaskNotFoundException($"no task of the suite is KernelBench's {number}; known: {string.Join(", ", Tasks.Where(task => task.Kernelbench is not null).Select(task => task.Kernelbench).Order(StringComparer.Ordinal))}");
        }

        if (Tasks.FirstOrDefault(task => task.Name == text) is { } named)
        {
            return FileOf(named);
        }

        return text.EndsWith(".py", StringComparison.Ordinal) || File.Exists(text) ? ByPath(text) : throw Unknown(text);
    }

    /// <summary>Path of a task's file.</summary>
    public TaskFile FileOf(TaskEntry task) => new(task.Name, Path.Combine(_folder, task.Name + ".py"), task);

    private TaskFile ByPath(string text)
    {
        var path = Path.GetFullPath(text);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"there is no task file {text}");
        }

        var relative = Path.GetRelativePath(_folder, path);
        return Tasks.FirstOrDefault(task => task.Name + ".py" == relative) is { } task
            ? FileOf(task)
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

    private static TaskEntry Describe(string file, Dictionary<string, IndexEntry> index, IReadOnlyDictionary<string, AuditRecord> audits)
    {
        var category = Path.GetFileName(Path.GetDirectoryName(file))!;
        var name = $"{category}/{Path.GetFileNameWithoutExtension(file)}";
        index.TryGetValue(name, out var entry);
        var bytes = File.ReadAllBytes(file);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var audit = audits.GetValueOrDefault(name) is { } record && record.Sha256 == sha256 && record.Version == TaskAudit.CurrentVersion ? record : null;
        return new TaskEntry
        {
            Name = name,
            Category = category,
            Origin = entry?.Origin,
            Kernelbench = entry?.Kernelbench,
            Ranked = audit?.Ranked,
            Reason = audit is null ? "not audited yet: ./kernelforge tasks audit" : audit.Reason,
            Presets = PresetsOf(Encoding.UTF8.GetString(bytes)),
            Difficulty = entry?.Difficulty,
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
            return entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }
    }

    // PRESETS = { … } up to the brace that stands first on its line, or the end of the line.
    [GeneratedRegex(@"^PRESETS\b[^=]*=\s*\{(?:.*\}\s*(?:#.*)?$|(?:.*\n)*?^\})", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Declaration();

    [GeneratedRegex("""["'](?<name>\w+)["']\s*:\s*\{""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PresetName();
}
