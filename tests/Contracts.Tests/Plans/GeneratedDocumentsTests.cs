using KernelForge.Contracts.Plans;

namespace KernelForge.Contracts.Tests.Plans;

public sealed class GeneratedDocumentsTests
{
    public static TheoryData<string> Files => ["docs/launch-plan.md", "docs/schema/launch-plan.schema.json", "docs/schema/outcome.schema.json"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_committed_document_is_what_the_code_says(string file)
    {
        string path = Path.Combine(Root(), file);
        string expected = file switch
        {
            "docs/launch-plan.md" => PlanText.Reference(),
            "docs/schema/launch-plan.schema.json" => PlanSchema.LaunchPlan(),
            _ => PlanSchema.Outcome(),
        };
        if (Environment.GetEnvironmentVariable("KERNELFORGE_WRITE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, expected, TestContext.Current.CancellationToken);
        }

        string committed = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";

        Assert.True(committed == expected, $"{file} is stale; make it again with: {PlanText.Regenerate}");
    }

    [Fact]
    public void The_prompt_names_every_part_function_and_option()
    {
        IEnumerable<string> names = PlanReference.Parts.Select(p => p.Name).Concat(PlanReference.Functions.Select(f => f.Name)).Concat(PlanReference.Options.Select(o => o.Name));

        Assert.All(names, name => Assert.Contains(name, PlanText.PromptText, StringComparison.Ordinal));
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "KernelForge.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("KernelForge.sln was not found above the tests");
    }
}
