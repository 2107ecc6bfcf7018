using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Tests.Reference;

namespace KernelForge.Evaluator.Tests.Suite;

/// <summary>The audit finds published flaws by itself, and lets tasks alone that have none.</summary>
[Collection("reference")]
public sealed class AuditTests(ReferenceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("activation/gelu")]
    [InlineData("reduce/max_reduction_over_a_dimension")]
    public async Task A_task_without_a_flaw_ranks(string name)
    {
        var audit = await AuditAsync(Path.Combine(ReferenceFixture.BenchTasks, name + ".py"));

        Assert.True(audit.Ranked, audit.Reason);
        Assert.Equal(TaskAudit.CurrentVersion, audit.Version);
        Assert.Contains(audit.Evidence, e => e is { Check: "fake", Rule: "published", Flaw: false });
        Assert.Contains(audit.Evidence, e => e is { Check: "fake", Rule: "own", Flaw: false });
    }

    [Theory]
    [InlineData("activation/relu", "fake", "input x passes")]
    [InlineData("activation/softmax", "fake", "zeros passes")]
    [InlineData("math/cumprod", "vanishing", "leave it out")]
    [InlineData("index/index_copy", "undefined_winner", "which write wins")]
    [InlineData("fuse/gemm_max_subtract_gelu", "cancels", "cancels out")]
    [InlineData("fuse/matmul_add_swish_tanh_gelu_hardtanh", "no_op", "hardtanh")]
    [InlineData("fuse/matmul_dropout_mean_softmax", "randomness", "bernoulli|dropout")]
    public async Task A_published_flaw_is_found(string name, string check, string detail)
    {
        var audit = await AuditAsync(Path.Combine(ReferenceFixture.BenchTasks, name + ".py"));

        Assert.False(audit.Ranked);
        Assert.Contains(audit.Evidence, e => e.Flaw && e.Check == check && System.Text.RegularExpressions.Regex.IsMatch(e.Detail, detail, default, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Work_that_nothing_uses_is_found()
    {
        var audit = await AuditAsync(fixture.Task(TaskOf("y = x @ self.weight\n        z = y @ self.weight.T\n        return y", "torch.randn(64, 32)")));

        Assert.Contains(audit.Evidence, e => e is { Flaw: true, Check: "dead_work" });
    }

    [Fact]
    public async Task An_input_without_influence_is_found()
    {
        var audit = await AuditAsync(fixture.Task(TaskOf("return x @ self.weight + 0.0 * bias", "torch.randn(64, 32), torch.randn(64, 32)", "x, bias")));

        Assert.Contains(audit.Evidence, e => e is { Flaw: true, Check: "influence" } && e.Detail.Contains("'bias'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mean_over_many_rows_is_as_good_as_constant_at_the_published_size_only()
    {
        var source = TaskOf("return (x @ self.weight).square().mean()", "torch.randn(rows, 32)").Replace("import torch\n", "import torch\nrows = 67108864\nPRESETS = {\"small\": {\"rows\": 64}, \"odd\": {\"rows\": 33}, \"full\": {}}\n", StringComparison.Ordinal);

        // Other weights give another mean: only inputs drawn anew would.
        var audit = await AuditAsync(fixture.Task(source));

        Assert.Contains(audit.Evidence, e => e is { Derived: true, Check: "fake" });
    }

    private static string TaskOf(string forward, string inputs, string parameters = "x") => $"""
        import torch

        class Model(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.weight = torch.nn.Parameter(torch.randn(32, 32))

            def forward(self, {parameters}):
                {forward}

        def get_inputs():
            return [{inputs}]

        def get_init_inputs():
            return []

        """;

    private async Task<TaskAudit> AuditAsync(string path)
    {
        await using var client = fixture.Client();
        var task = await client.DescribeAsync(path, "task", Cancellation);
        return await client.AuditAsync(task, Cancellation);
    }
}
