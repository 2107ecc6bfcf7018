using KernelForge.Agents.Suite;

namespace KernelForge.Agents.Tests.Suite;

/// <summary>A <c>_strict</c> variant mends a task that the audit found flawed: there is one for each, and it ranks.</summary>
public sealed class StrictVariantTests
{
    private const string Strict = "_strict";
    private const string NoAudit = "bench-tasks/audit.json is not there: ./kernelforge tasks audit writes it";

    private static readonly TaskSuite Suite = TaskSuite.Load(Repository.Root);
    private static readonly Dictionary<string, TaskEntry> ByName = Suite.Tasks.ToDictionary(task => task.Name, StringComparer.Ordinal);
    private static readonly TaskEntry[] Variants = [.. Suite.Tasks.Where(task => task.Name.EndsWith(Strict, StringComparison.Ordinal))];
    private static readonly bool Audited = File.Exists(Path.Combine(Repository.Root, "bench-tasks", "audit.json"));

    [Fact]
    public void The_suite_has_variants()
    {
        Assert.NotEmpty(Variants);
    }

    [Fact]
    public void A_variant_stands_beside_its_original()
    {
        Assert.All(Variants, variant => Assert.Contains(Original(variant), ByName.Keys));
    }

    [Fact]
    public void A_variant_is_KernelForges_own_without_a_number_and_as_difficult_as_its_original()
    {
        Assert.All(Variants, variant => Assert.Equal(("kernelforge", null, ByName[Original(variant)].Difficulty), (variant.Origin, variant.Kernelbench, variant.Difficulty)));
    }

    [Fact]
    public void A_variant_has_the_presets_of_its_original()
    {
        Assert.All(Variants, variant => Assert.Equal(ByName[Original(variant)].Presets, variant.Presets));
    }

    [Fact]
    public void A_variant_says_of_which_task_it_is_one()
    {
        Assert.Empty(Variants.Where(variant => !File.ReadAllText(Suite.FileOf(variant).Path).Contains($"Strict variant of {Original(variant)}.", StringComparison.Ordinal)).Select(variant => variant.Name));
    }

    [Fact]
    public void Every_task_that_does_not_rank_has_a_variant()
    {
        Assert.SkipUnless(Audited, NoAudit);

        Assert.Empty(Suite.Tasks.Where(task => task.Ranked == false && !task.Name.EndsWith(Strict, StringComparison.Ordinal) && !ByName.ContainsKey(task.Name + Strict)).Select(task => task.Name));
    }

    [Fact]
    public void Every_variant_ranks()
    {
        Assert.SkipUnless(Audited, NoAudit);

        Assert.Empty(Variants.Where(variant => variant.Ranked != true).Select(variant => $"{variant.Name}: {variant.Reason}"));
    }

    private static string Original(TaskEntry variant) => variant.Name[..^Strict.Length];
}
