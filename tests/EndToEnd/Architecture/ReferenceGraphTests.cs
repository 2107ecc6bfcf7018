using System.Xml.Linq;

namespace KernelForge.EndToEnd.Architecture;

/// <summary>The reference graph of the design, read from the project files: a failing build when it is broken.</summary>
public sealed class ReferenceGraphTests
{
    /// <summary>What each project may refer to. A project that is not here has no place in the design yet.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["Simulator"] = [],
        ["Processes"] = ["Contracts"],
        ["Evaluator"] = ["Contracts", "Simulator", "Processes"],
        ["Agents"] = ["Contracts", "Processes"],
        ["Api"] = ["Contracts", "Agents", "Processes"],
        ["Cli"] = ["Contracts", "Agents", "Processes", "Api"],
    };

    private static readonly string[] WithoutPackages = ["Contracts", "Simulator", "Processes"];

    public static TheoryData<string> Projects => [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_the_design_allows(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"src/{project} is not in the design's reference graph");

        var references = Items(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(references.Except(Allowed[project], StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_leaf_project_has_no_packages_but_the_analysers(string project)
    {
        if (WithoutPackages.Contains(project))
        {
            Assert.Empty(Items(project, "PackageReference"));
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_lies_in_a_folder_of_its_name_and_has_tests(string project)
    {
        Assert.True(File.Exists(Path.Combine(Repository.Root, "src", project, project + ".csproj")));
        Assert.True(File.Exists(Path.Combine(Repository.Root, "tests", project + ".Tests", project + ".Tests.csproj")), $"tests/{project}.Tests is missing");
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "KernelForge.sln")).Replace('\\', '/');

        var missing = ((string[])["src", "tests"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Where(path => !solution.Contains(path, StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Items(string project, string kind) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, project + ".csproj"))
            .Descendants(kind)
            .Select(item => item.Attribute("Include")!.Value);
}
