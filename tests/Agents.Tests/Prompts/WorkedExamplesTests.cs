using KernelForge.Agents.Prompts;
using KernelForge.Agents.Suite;

namespace KernelForge.Agents.Tests.Prompts;

/// <summary>The repository's worked examples over the whole suite. That they are right and fast is EndToEnd's ExampleTests.</summary>
public sealed class WorkedExamplesTests
{
    private static readonly TaskSuite Suite = TaskSuite.Load(Repository.Root);
    private static readonly string Folder = Path.Combine(Repository.Prompts, "examples");
    private static readonly ExampleLibrary Library = ExampleLibrary.Load(Folder);
    private static readonly TaskEntry[] Examples = [.. Suite.Tasks.Where(task => File.Exists(Path.Combine(Folder, task.Name + ".good.cu")))];

    [Fact]
    public void Every_category_has_an_example()
    {
        Assert.Equal(
            Suite.Tasks.Select(task => task.Category).Distinct().Order(StringComparer.Ordinal),
            Examples.Select(task => task.Category).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_file_is_the_naive_or_the_good_solution_of_a_task_that_ranks()
    {
        var expected = Examples.Where(task => task.Ranked == true).SelectMany(task => new[] { task.Name + ".good.cu", task.Name + ".naive.cu" });

        var found = Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'));

        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_task_but_the_examples_own_is_shown_an_example_of_its_category()
    {
        var elsewhere = Suite.Tasks.Except(Examples).Where(task => Library.For(task.Name, task.Category)?.Category != task.Category);

        Assert.Equal(Examples.Select(task => task.Name + "_strict").Intersect(Suite.Tasks.Select(task => task.Name)), elsewhere.Select(task => task.Name));
    }

    [Fact]
    public void No_example_is_shown_to_its_own_task()
    {
        Assert.All(Examples, task => Assert.NotEqual(task.Category, Library.For(task.Name, task.Category)?.Category));
    }
}
