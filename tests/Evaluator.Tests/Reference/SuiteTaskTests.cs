using KernelForge.Evaluator.Reference;

namespace KernelForge.Evaluator.Tests.Reference;

[Collection("reference")]
public sealed class SuiteTaskTests(ReferenceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => new(
        "activation/gelu",
        "reduce/sum_reduction_over_a_dimension",
        "normalization/layer_norm",
        "matmul/square_matrix_multiplication",
        "fuse/gemm_add_relu",
        "loss/cross_entropy_loss");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_trial_of_a_suite_task_has_a_float64_reference(string name)
    {
        await using var client = fixture.Client();
        var description = await client.DescribeAsync(Path.Combine(ReferenceFixture.BenchTasks, name + ".py"), name, Cancellation);
        var requests = description.Distributions.SelectMany(d => new[] { new TrialRequest("small", 7, d), new TrialRequest("odd", 8, d) }).ToList();

        var trials = await client.PrepareAsync(description, requests, Cancellation);

        Assert.All(trials, trial => Assert.True(trial.Manifest is { Status: TrialStatus.Ok, Oracle: "float64" }, $"{trial.Manifest.Preset} {trial.Manifest.Distribution}: {trial.Manifest.Status} {trial.Manifest.Reason}"));
        Assert.All(trials, trial => Assert.All(trial.Manifest.Expected, e => Assert.Equal(Bytes(e.Shape, e.FileDtype), new FileInfo(trial.PathOf(e.File)).Length)));
    }

    [Theory]
    [InlineData("activation/gelu", "x", "float32", 4096L * 393216)]
    [InlineData("reduce/sum_reduction_over_a_dimension", "x", "float32", 128L * 4096 * 4096)]
    [InlineData("normalization/layer_norm", "ln.weight", "float32", 64L * 256 * 256)]
    [InlineData("matmul/square_matrix_multiplication", "B", "float32", 4096L * 4096)]
    [InlineData("fuse/gemm_add_relu", "gemm.weight", "float32", 8192L * 8192)]
    [InlineData("loss/cross_entropy_loss", "targets", "int64", 32768L)]
    public async Task Full_sizes_are_the_published_ones(string name, string tensor, string dtype, long elements)
    {
        await using var client = fixture.Client();

        var description = await client.DescribeAsync(Path.Combine(ReferenceFixture.BenchTasks, name + ".py"), name, Cancellation);

        var found = description.Presets["full"].Tensors.Single(t => t.Name == tensor);
        Assert.Equal((dtype, elements), (found.Dtype, found.Numel()));
    }

    [Theory]
    [InlineData("activation/gelu", "x", "uniform", 0.0, 1.0)]
    [InlineData("loss/cross_entropy_loss", "targets", "integers", 0.0, 4096.0)]
    [InlineData("fuse/gemm_add_relu", "bias", "normal", null, null)]
    [InlineData("normalization/layer_norm", "ln.bias", "constant", null, null)]
    public async Task The_random_calls_at_full_size_are_described(string name, string tensor, string kind, double? low, double? high)
    {
        await using var client = fixture.Client();

        var description = await client.DescribeAsync(Path.Combine(ReferenceFixture.BenchTasks, name + ".py"), name, Cancellation);

        var values = description.Presets["full"].Tensors.Single(t => t.Name == tensor).Values;
        Assert.Equal((kind, low, high), (values?.Kind, values?.Low, values?.High));
    }

    private static long Bytes(IReadOnlyList<long> shape, string dtype) =>
        shape.Aggregate(1L, (product, size) => product * size) * (dtype switch { "float64" or "int64" => 8, "bool" or "uint8" => 1, _ => 4 });
}
