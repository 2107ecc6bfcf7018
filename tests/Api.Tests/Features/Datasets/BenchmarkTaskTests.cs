using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Datasets;
using KernelForge.Api.Features.Datasets.Benchmark;

namespace KernelForge.Api.Tests.Features.Datasets;

public sealed class BenchmarkTaskTests
{
    private const string Source =
        """
        "What it is."
        import torch
        import torch.nn as nn

        batch, dim = 16, 1024


        class Model(nn.Module):
            '''Documented.'''

            def forward(self, x):  # one line
                return torch.softmax(x * 0.5, dim=1) + torch.tanh(x).sum(dim=1, keepdim=True)


        def get_inputs():
            return [torch.rand(batch, dim)]


        def get_init_inputs():
            return []
        """;

    private static readonly SuiteRecords Records = SuiteRecords.Load(Repository.Root);
    private static readonly BenchmarkTasks List = new([new TaskText("a", "activation/softmax", "L1/23", Source), .. Suite().Where(task => task.Kernelbench is not null)], Records);

    [Fact]
    public void A_task_with_a_number_is_the_benchmarks() => Assert.Equal("L2/7 by id", List.Match(new TaskText("x", "fuse/seven", "L2/7", "")));

    [Theory]
    [InlineData("'''Documented.'''", "\"\"\"Quite\nanother text.\"\"\"")]
    [InlineData("  # one line", "")]
    [InlineData("x * 0.5", "x*0.5")]
    [InlineData("\"What it is.\"\n", "# what it is\n\n")]
    [InlineData("(x).sum(dim=1, keepdim=True)", "(\n            x).sum(\\\n dim=1, keepdim=True)")]
    public void Comments_blanks_and_documentation_do_not_hide_a_task(string from, string to) =>
        Assert.Equal("L1/23 by source", List.Match(new TaskText("b", "imported/mine", null, Source.Replace(from, to, StringComparison.Ordinal))));

    [Fact]
    public void A_task_with_one_number_changed_is_nearly_the_benchmarks() =>
        Assert.Equal("L1/23 by near source", List.Match(new TaskText("b", "imported/mine", null, Source.Replace("16, 1024", "16, 4096", StringComparison.Ordinal))));

    [Fact]
    public void Another_task_is_not() =>
        Assert.Null(List.Match(new TaskText(
            "b",
            "imported/mine",
            null,
            "import torch\n\n\nclass Model(torch.nn.Module):\n    def __init__(self, k):\n        super().__init__()\n        self.kernel = k\n\n    def forward(self, image, mask):\n        "
            + "padded = torch.nn.functional.pad(image, (1, 2, 3, 4), mode='reflect')\n        return padded.unfold(2, self.kernel, 1).amax(-1)[mask > 0.25].cumsum(0)\n")));

    [Theory]
    [InlineData("")]
    [InlineData("# activation/relu\n")]
    [InlineData("\"\"\"only words\"\"\"")]
    public void A_file_without_code_is_like_no_other(string source) => Assert.Null(new BenchmarkTasks([new TaskText("a", "one", "L1/1", source)], Records).Match(new TaskText("b", "two", null, source)));

    [Fact]
    public void A_strict_variant_has_the_operators_and_shapes_of_its_original()
    {
        var strict = Suite().Single(task => task.Name == "activation/elu_strict");

        // ELU and SELU are one operator with other constants: either number is right.
        Assert.EndsWith(" by operators and shapes", List.Match(strict), StringComparison.Ordinal);
    }

    /// <summary>Tasks of the suite with their files.</summary>
    private static List<TaskText> Suite()
    {
        var suite = TaskSuite.Load(Repository.Root);
        return [.. suite.Tasks.Select(task => new TaskText(task.Sha256 ?? HashOf(task.Name), task.Name, task.Kernelbench, Read(task.Name)))];
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Repository.Root, "bench-tasks", name + ".py"));

    private static string HashOf(string name) => StoredAttempt.HashOf(Read(name));
}
