namespace KernelForge.Evaluator.Tests.Reference;

/// <summary>GRU layers at full size, which fake tensors take whole: unrolled, a sequence of 512 takes half a minute.</summary>
[Collection("reference")]
public sealed class RecurrentTaskTests(ReferenceFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("batch_first=True")]
    [InlineData("bias=False")]
    [InlineData("bidirectional=True")]
    [InlineData("bidirectional=True, batch_first=True, bias=False")]
    public async Task Fake_layers_have_the_shapes_of_real_ones(string arguments)
    {
        await using var client = fixture.Client();
        var directions = arguments.Contains("bidirectional", StringComparison.Ordinal) ? 2 : 1;
        var task = fixture.Task($$"""
            import torch
            import torch.nn as nn

            width = 7
            PRESETS = {"small": {}, "odd": {} }

            class Model(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.gru = nn.GRU(3, width, 2, {{arguments}})

                def forward(self, x, h):
                    return self.gru(x, h)

            def get_inputs():
                return [torch.rand(5, 5, 3), torch.rand({{2 * directions}}, 5, width)]

            def get_init_inputs():
                return []
            """);

        var description = await client.DescribeAsync(task, "gru", Cancellation);

        var real = description.Presets["small"].Tensors.Where(t => t.Name.StartsWith("out", StringComparison.Ordinal)).Select(t => (t.Name, string.Join(',', t.Shape)));
        var fake = description.Presets["full"].Tensors.Where(t => t.Name.StartsWith("out", StringComparison.Ordinal)).Select(t => (t.Name, string.Join(',', t.Shape)));
        Assert.Equal(real, fake);
    }

    [Fact]
    public async Task A_trace_at_full_size_has_one_operator_a_layer_with_its_products()
    {
        await using var client = fixture.Client();
        var description = await client.DescribeAsync(Path.Combine(ReferenceFixture.BenchTasks, "arch/gru.py"), "arch/gru", Cancellation);

        var trace = await client.TraceAsync(description, "full", Cancellation);

        const double OneLayer = 2.0 * 512 * 10 * 3 * 256;
        Assert.Equal(
            [(1, OneLayer * (128 + 256)), (5, OneLayer * (256 + 256))],
            trace.Operators.Where(o => o.Name == "aten::mkldnn_rnn_layer").Select(o => (o.Count, o.Flops)));
    }
}
