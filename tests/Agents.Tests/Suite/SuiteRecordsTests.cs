using KernelForge.Agents.Suite;

namespace KernelForge.Agents.Tests.Suite;

/// <summary>What is kept of the suite's audit belongs to the files as they are.</summary>
public sealed class SuiteRecordsTests
{
    // KernelBench's flaws that are known from elsewhere (research on both suites), by its numbers.
    private static readonly string[] KnownFlaws =
    [
        "L1/19", "L1/23", "L1/37", "L1/90", "L2/7", "L2/23", "L2/80", "L2/81", "L2/83", "L2/95", "L3/35", "L3/36", "L3/37",
    ];

    private static readonly TaskSuite Suite = TaskSuite.Load(Repository.Root);

    [Fact]
    public void Every_task_is_audited_as_it_stands()
    {
        Assert.Empty(Suite.Tasks.Where(task => task.Ranked is null).Select(task => task.Name));
    }

    [Fact]
    public void Most_tasks_rank_and_no_task_that_is_known_to_be_flawed_does()
    {
        Assert.InRange(Suite.Tasks.Count(task => task.Ranked == true), 200, Suite.Tasks.Count);
        Assert.Empty(Suite.Tasks.Where(task => KnownFlaws.Contains(task.Kernelbench) && task.Ranked == true).Select(task => $"{task.Kernelbench} {task.Name}"));
    }

    [Fact]
    public void A_task_that_does_not_rank_says_why()
    {
        Assert.All(Suite.Tasks.Where(task => task.Ranked == false), task => Assert.False(string.IsNullOrWhiteSpace(task.Flaw)));
    }

    [Theory]
    [InlineData("bench-tasks/CATALOG.md")]
    [InlineData("docs/audit.md")]
    public void A_generated_document_is_current(string path)
    {
        var expected = Catalogue.Render(Suite, SuiteRecords.Load(Repository.Root))[path];

        Assert.True(expected == File.ReadAllText(Path.Combine(Repository.Root, path)), $"{path} is stale: ./kernelforge tasks audit writes it");
    }

    [Fact]
    public void A_damaged_record_is_named_with_what_to_do()
    {
        var root = Directory.CreateTempSubdirectory("kernelforge-suite-");
        try
        {
            var folder = root.CreateSubdirectory("bench-tasks");
            File.WriteAllText(Path.Combine(folder.FullName, "audit.json"), "[{");

            var error = Assert.Throws<InvalidDataException>(() => TaskSuite.Load(root.FullName));

            Assert.Contains("audit.json", error.Message, StringComparison.Ordinal);
            Assert.Contains("tasks audit", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
