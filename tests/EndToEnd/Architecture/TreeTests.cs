using System.Text.RegularExpressions;

namespace KernelForge.EndToEnd.Architecture;

/// <summary>What every commit keeps to: locked packages, no registry but the host's own, run bits.</summary>
public sealed partial class TreeTests
{
    [Fact]
    public void Every_project_has_a_lock_file()
    {
        var missing = ((string[])["src", "tests"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories))
            .Select(project => Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"))
            .Where(path => !File.Exists(path));

        Assert.Empty(missing);
    }

    [Fact]
    public void No_file_names_a_package_registry_or_a_mirror()
    {
        var files = Repository.TrackedFiles();
        Assert.SkipWhen(files is null, "this is no git clone");

        var found = files!
            .Where(path => !path.EndsWith("TreeTests.cs", StringComparison.Ordinal) && new FileInfo(Path.Combine(Repository.Root, path)).Length < 1 << 20)
            .SelectMany(path => Registry().Matches(File.ReadAllText(Path.Combine(Repository.Root, path))).Select(match => $"{path}: {match.Value}"));

        Assert.Empty(found);
    }

    [Theory]
    [InlineData("kernelforge")]
    [InlineData(".ci/run")]
    public void A_program_of_the_tree_may_be_run(string path)
    {
        var mode = File.GetUnixFileMode(Path.Combine(Repository.Root, path));

        Assert.True(mode.HasFlag(UnixFileMode.UserExecute), $"{path} has mode {mode}");
    }

    [Fact]
    public void Ci_runs_the_launchers_tests()
    {
        Assert.Contains("./kernelforge test", File.ReadAllText(Path.Combine(Repository.Root, ".ci/run")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_task_of_the_index_has_its_file_and_every_file_is_in_the_index()
    {
        var folder = Path.Combine(Repository.Root, "bench-tasks");
        using var index = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "index.json")));
        var indexed = index.RootElement.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!).Order(StringComparer.Ordinal);

        var files = Directory.EnumerateFiles(folder, "*.py", SearchOption.AllDirectories)
            .Select(path => Path.ChangeExtension(Path.GetRelativePath(folder, path), null)!)
            .Order(StringComparer.Ordinal);

        Assert.Equal(files, indexed);
    }

    [GeneratedRegex(@"://[\w.-]*(nuget|npm|pypi|pythonhosted|debian|ubuntu)[\w.-]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Registry();
}
