using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Processes;

namespace KernelForge.Agents.Suite;

/// <summary>
/// A checkout of another suite, as it is: KernelBench has <c>KernelBench/level1/19_ReLU.py</c>, MultiKernelBench <c>reference/activation/relu.py</c>. The
/// folder may also be an inner one, or one level or category. Nothing of it is run here.
/// </summary>
public sealed partial class ForeignSuite
{
    private const int MostBytes = 1024 * 1024;
    private const int MostShown = 5;

    private const string Expected =
        "expected a checkout of KernelBench (KernelBench/level1/19_ReLU.py) or MultiKernelBench (reference/activation/relu.py), its folder KernelBench or reference, or one level or category of it";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ForeignSuite(string folder, IReadOnlyList<ForeignTask> tasks, IReadOnlyList<LeftFile> left, Func<string, bool> covers)
    {
        Folder = folder;
        Tasks = tasks;
        Left = left;
        Covers = covers;
    }

    /// <summary>Absolute path of what was named.</summary>
    public string Folder { get; }

    /// <summary>Its tasks, by name.</summary>
    public IReadOnlyList<ForeignTask> Tasks { get; }

    /// <summary>Python files where tasks belong that are none, each with the reason.</summary>
    public IReadOnlyList<LeftFile> Left { get; }

    /// <summary>Whether all tasks of a category would lie here: one of them that does not is gone.</summary>
    public Func<string, bool> Covers { get; }

    /// <summary>Reads a folder.</summary>
    /// <exception cref="InvalidDataException">It is something else; the message says what was expected and what is there.</exception>
    public static ForeignSuite Read(string text)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(text));
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException(File.Exists(folder) ? $"{text} is a file; {Expected}" : $"there is no folder {text}; {Expected}");
        }

        try
        {
            var (categories, covers) = CategoriesOf(folder);
            List<ForeignTask> tasks = [];
            List<LeftFile> left = [];
            foreach (var category in categories)
            {
                Sort(folder, category, tasks, left);
            }

            return tasks.Count > 0
                ? new ForeignSuite(folder, [.. Distinct(tasks).OrderBy(task => task.Name, StringComparer.Ordinal)], left, covers)
                : throw new InvalidDataException($"{text}: {Expected}; found {Contents(folder, left)}");
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new InvalidDataException($"{text} cannot be read: {error.Message}", error);
        }
    }

    private static (IReadOnlyList<string> Categories, Func<string, bool> Covers) CategoriesOf(string folder)
    {
        if (ImportedTasks.IsLevel(Path.GetFileName(folder)) || Path.GetFileName(Path.GetDirectoryName(folder)) == "reference")
        {
            return ([folder], category => category == Path.GetFileName(folder));
        }

        var levels = Levels(Path.Combine(folder, "KernelBench")).Concat(Levels(folder)).ToList();
        var named = Path.GetFileName(folder) == "reference" ? Folders(folder) : Folders(Path.Combine(folder, "reference"));
        return ([.. levels, .. named], category => ImportedTasks.IsLevel(category) ? levels.Count > 0 : named.Count > 0);
    }

    private static IEnumerable<string> Levels(string folder) => Folders(folder).Where(level => ImportedTasks.IsLevel(Path.GetFileName(level)));

    private static List<string> Folders(string folder) => Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)] : [];

    private static void Sort(string root, string category, List<ForeignTask> tasks, List<LeftFile> left)
    {
        foreach (var path in Directory.EnumerateFiles(category, "*.py").Order(StringComparer.Ordinal))
        {
            var (folder, file) = (Path.GetFileName(category), Path.GetFileNameWithoutExtension(path));
            var shown = Path.GetRelativePath(root, path);
            if (file == "__init__")
            {
                continue;
            }

            if (!Name().IsMatch(file) || !Name().IsMatch(folder))
            {
                left.Add(new LeftFile(shown, "a task's and a category's name has letters, digits, _, - and . alone"));
            }
            else if (ReadTask(path) is var (bytes, reason) && bytes is null)
            {
                left.Add(new LeftFile(shown, reason!));
            }
            else
            {
                tasks.Add(new ForeignTask(ImportedTasks.NameOf(folder, file), ImportedTasks.NumberOf(folder, file), shown, bytes));
            }
        }
    }

    private static (byte[]? Bytes, string? Reason) ReadTask(string path)
    {
        if (File.ResolveLinkTarget(path, returnFinalTarget: false) is not null)
        {
            return (null, "it is a link; links are not followed");
        }

        try
        {
            using var file = InputFile.OpenRead(path);
            if (file.Length > MostBytes)
            {
                return (null, $"it has {file.Length} bytes; a task has {MostBytes} (1 MiB) at most");
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return TaskParts().IsMatch(Strict.GetString(bytes)) ? (bytes, null) : (null, "it is no task: it has neither class Model nor def get_inputs");
        }
        catch (DecoderFallbackException error)
        {
            return (null, $"expected UTF-8, found a byte 0x{error.BytesUnknown?.FirstOrDefault():x2} at {error.Index} that is none");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"it cannot be read: {error.Message}");
        }
    }

    private static List<ForeignTask> Distinct(List<ForeignTask> tasks)
    {
        foreach (var same in tasks.GroupBy(task => task.Name))
        {
            if (same.Count() > 1)
            {
                throw new InvalidDataException($"{string.Join(" and ", same.Select(task => task.File))} would both be {same.Key}; name the folder whose tasks are wanted");
            }
        }

        return tasks;
    }

    private static string Contents(string folder, List<LeftFile> left)
    {
        if (left.Count > 0)
        {
            return string.Join("; ", left.Take(MostShown).Select(file => $"{file.File}: {file.Reason}")) + (left.Count > MostShown ? $"; and {left.Count - MostShown} files more" : "");
        }

        var names = Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path) + (Directory.Exists(path) ? "/" : "")).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "an empty folder" : string.Join(", ", names.Take(MostShown)) + (names.Count > MostShown ? $" and {names.Count - MostShown} more" : "");
    }

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]{0,149}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(class\s+Model|def\s+get_inputs)\b", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TaskParts();
}
