using System.Text.RegularExpressions;

namespace KernelForge.Agents.Suite;

/// <summary>
/// Tasks of other suites on this machine: <c>tasks/imported/&lt;category&gt;/&lt;name&gt;.py</c> of the data folder, with their records beside them. They are
/// named <c>imported/&lt;category&gt;/&lt;name&gt;</c>, so that none hides a task of the suite.
/// </summary>
public static partial class ImportedTasks
{
    /// <summary>Their <see cref="TaskEntry.Origin"/>.</summary>
    public const string Origin = "imported";

    private const string Prefix = Origin + "/";

    /// <summary>Where they lie.</summary>
    public static string FolderOf(string home) => Path.Combine(home, "tasks", Origin);

    /// <summary>The name of one.</summary>
    public static string NameOf(string category, string name) => $"{Prefix}{category}/{name}";

    /// <summary>Whether a name is that of one.</summary>
    public static bool Owns(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The file of one.</summary>
    public static string PathOf(string home, string name) => Path.Combine(FolderOf(home), name[Prefix.Length..] + ".py");

    /// <summary>The number in KernelBench, <c>L1/19</c> of <c>level1/19_ReLU</c>; null: it has none.</summary>
    public static string? NumberOf(string category, string name) =>
        Level().Match(category) is { Success: true } level && Number().Match(name) is { Success: true } number
            ? $"L{level.Groups["level"].Value}/{number.Groups["number"].Value}"
            : null;

    /// <summary>Whether a category is one of KernelBench's levels.</summary>
    public static bool IsLevel(string category) => Level().IsMatch(category);

    [GeneratedRegex("^level(?<level>[0-9]{1,2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Level();

    [GeneratedRegex("^(?<number>[0-9]{1,6})_", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
