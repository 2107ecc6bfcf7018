using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Reference;

namespace KernelForge.Evaluator.Tests.Reference;

/// <summary>Files as people download or write them: no PRESETS, published sizes in constants or literals.</summary>
[Collection("reference")]
public sealed class KernelBenchFormTests(ReferenceFixture fixture)
{
    private const string Head = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Files => new()
    {
        {
            "conv2d and relu", Head + """
            class Model(nn.Module):
                def __init__(self, in_channels, out_channels, kernel_size, bias_shape):
                    super(Model, self).__init__()
                    self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
                    self.bias = nn.Parameter(torch.randn(bias_shape))

                def forward(self, x):
                    return torch.relu(self.conv(x)) + self.bias

            batch_size = 128
            in_channels  = 64
            out_channels = 128
            height = width = 128
            kernel_size = 3
            bias_shape = (out_channels, 1, 1)

            def get_inputs():
                return [torch.rand(batch_size, in_channels, height, width)]

            def get_init_inputs():
                return [in_channels, out_channels, kernel_size, bias_shape]
            """
        },
        {
            "batch norm net", Head + """
            class Model(nn.Module):
                def __init__(self, in_features, out_features, bn_eps=1e-5, bn_momentum=0.1):
                    super().__init__()
                    self.gemm = nn.Linear(in_features, out_features)
                    self.bn = nn.BatchNorm1d(out_features, eps=bn_eps, momentum=bn_momentum)

                def forward(self, x):
                    return torch.softmax(self.bn(self.gemm(x)), dim=1)

            batch_size = 1024
            in_features = 8192
            out_features = 8192

            def get_inputs():
                return [torch.rand(batch_size, in_features)]

            def get_init_inputs():
                return [in_features, out_features]
            """
        },
        {
            "lstm", Head + """
            class Model(nn.Module):
                def __init__(self, input_size, hidden_size, num_layers, output_size, dropout=0.0):
                    super().__init__()
                    self.lstm = nn.LSTM(input_size, hidden_size, num_layers, batch_first=True, dropout=dropout)
                    self.fc = nn.Linear(hidden_size, output_size)

                def forward(self, x, h0, c0):
                    out, state = self.lstm(x, (h0, c0))
                    return self.fc(out[:, -1, :])

            batch_size = 10
            sequence_length = 64
            input_size = 128
            hidden_size = 256
            num_layers = 2
            output_size = 10

            def get_inputs():
                return [torch.rand(batch_size, sequence_length, input_size), torch.rand((num_layers, batch_size, hidden_size)), torch.rand((num_layers, batch_size, hidden_size))]

            def get_init_inputs():
                return [input_size, hidden_size, num_layers, output_size]
            """
        },
        {
            "gru cell", Head + """
            class Model(nn.Module):
                def __init__(self, input_size, hidden_size):
                    super().__init__()
                    self.cell = nn.GRUCell(input_size, hidden_size)

                def forward(self, x, h):
                    return self.cell(x, h)

            def get_inputs():
                return [torch.randn(256, 512), torch.randn(256, 1024)]

            def get_init_inputs():
                return [512, 1024]
            """
        },
        {
            "causal attention", Head + """
            import math

            class Model(nn.Module):
                def __init__(self, n_embd, n_head, max_seqlen):
                    super().__init__()
                    self.c_attn = nn.Linear(n_embd, 3 * n_embd)
                    self.c_proj = nn.Linear(n_embd, n_embd)
                    self.register_buffer("bias", torch.tril(torch.ones(max_seqlen, max_seqlen)).view(1, 1, max_seqlen, max_seqlen))
                    self.n_head = n_head
                    self.n_embd = n_embd

                def forward(self, x):
                    B, T, C = x.size()
                    q, k, v = self.c_attn(x).split(self.n_embd, dim=2)
                    k = k.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
                    q = q.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
                    v = v.view(B, T, self.n_head, C // self.n_head).transpose(1, 2)
                    att = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(k.size(-1)))
                    att = att.masked_fill(self.bias[:, :, :T, :T] == 0, float("-inf"))
                    y = F.softmax(att, dim=-1) @ v
                    return self.c_proj(y.transpose(1, 2).contiguous().view(B, T, C))

            batch_size = 16
            max_seqlen = 1024
            seq_len = 512
            n_embd = 768
            n_head = 8

            def get_inputs():
                return [torch.randn(batch_size, seq_len, n_embd)]

            def get_init_inputs():
                return [n_embd, n_head, max_seqlen]
            """
        },
        {
            "scaled dot product attention", Head + """
            class Model(nn.Module):
                def forward(self, Q, K, V):
                    return F.scaled_dot_product_attention(Q, K, V)

            batch_size = 32
            num_heads = 32
            sequence_length = 512
            embedding_dimension = 1024

            def get_inputs():
                return [torch.rand(batch_size, num_heads, sequence_length, embedding_dimension) for _ in range(3)]

            def get_init_inputs():
                return []
            """
        },
        {
            "embedding and index", Head + """
            class Model(nn.Module):
                def __init__(self, num_embeddings, embedding_dim):
                    super().__init__()
                    self.table = nn.Embedding(num_embeddings, embedding_dim)

                def forward(self, indices, x):
                    return torch.index_select(x, 1, indices[0] % x.shape[1]).sum(1), self.table(indices)

            num_embeddings = 100000
            embedding_dim = 768

            def get_inputs():
                return [torch.randint(0, num_embeddings, (64, 128)), torch.randn(256, 512)]

            def get_init_inputs():
                return [num_embeddings, embedding_dim]
            """
        },
        {
            "argmax", Head + """
            OUTPUT_RULES = {"out": "index_of(x, 1)"}

            class Model(nn.Module):
                def __init__(self, dim):
                    super().__init__()
                    self.dim = dim

                def forward(self, x):
                    return torch.argmax(x, dim=self.dim)

            def get_inputs():
                return [torch.rand(128, 4096, 4095)]

            def get_init_inputs():
                return [1]
            """
        },
        {
            "group norm", Head + """
            class Model(nn.Module):
                def __init__(self, num_features, num_groups):
                    super().__init__()
                    self.gn = nn.GroupNorm(num_groups=num_groups, num_channels=num_features)

                def forward(self, x):
                    return self.gn(x)

            batch_size = 112
            features = 64
            num_groups = 8
            dim1 = 512
            dim2 = 512

            def get_inputs():
                return [torch.rand(batch_size, features, dim1, dim2)]

            def get_init_inputs():
                return [features, num_groups]
            """
        },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_without_presets_gets_small_and_odd_ones_with_a_float64_reference_and_its_trace_counts_work_at_the_published_sizes(string name, string source)
    {
        await using var client = fixture.Client();
        var description = await client.DescribeAsync(fixture.Task(source), name, Cancellation);

        var trials = await client.PrepareAsync(description, [new("small", 1, "standard"), new("odd", 2, "standard"), new("odd", 3, "scaled_up")], Cancellation);

        Assert.Equal("derived", description.PresetsOrigin);
        Assert.All(["small", "odd"], preset => Assert.InRange(description.Presets[preset].Tensors.Sum(t => t.Numel()), 1, 4_800_000));
        Assert.All(trials, trial => Assert.True(trial.Manifest is { Status: TrialStatus.Ok, Oracle: "float64" }, $"{trial.Manifest.Status} {trial.Manifest.Oracle} {trial.Manifest.Reason} {string.Join(';', trial.Manifest.OracleNotes)}"));
        Assert.Empty(description.UnrankedReasons);

        var trace = await client.TraceAsync(description, "full", Cancellation);

        var outputs = description.Presets["full"].Tensors.Where(t => t.Role == TensorRole.Output).Sum(t => t.Numel() * (t.Dtype == "int64" ? 8 : 4));
        Assert.True(trace.CompulsoryBytes > outputs, $"{trace.CompulsoryBytes} compulsory bytes, {outputs} of outputs alone");
        Assert.NotEmpty(trace.Operators);
    }

    [Fact]
    public async Task Batch_norm_statistics_are_writable_and_checked_only_when_named()
    {
        await using var client = fixture.Client();
        var source = Files.Single(f => f.Data.Item1 == "batch norm net").Data.Item2;
        var plain = await client.DescribeAsync(fixture.Task(source), "plain", Cancellation);
        var named = await client.DescribeAsync(fixture.Task(source + "\nSTATE_OUTPUTS = [\"bn.running_mean\"]\n"), "named", Cancellation);

        TensorDescription Mean(TaskDescription d) => d.Presets["full"].Tensors.Single(t => t.Name == "bn.running_mean");
        Assert.Equal((true, false), (Mean(plain).Writable, Mean(plain).Checked));
        Assert.Equal((true, true), (Mean(named).Writable, Mean(named).Checked));
    }

    [Fact]
    public async Task State_is_given_before_and_expected_after_forward()
    {
        await using var client = fixture.Client();
        var description = await client.DescribeAsync(fixture.Task(Files.Single(f => f.Data.Item1 == "batch norm net").Data.Item2), "bn", Cancellation);

        var trial = (await client.PrepareAsync(description, [new("small", 1, "standard")], Cancellation))[0];

        var before = await File.ReadAllBytesAsync(trial.PathOf(trial.Manifest.Tensors.Single(t => t.Name == "bn.num_batches_tracked").File), Cancellation);
        var after = await File.ReadAllBytesAsync(trial.PathOf(trial.Manifest.Expected.Single(t => t.Name == "bn.num_batches_tracked").File), Cancellation);
        Assert.Equal((0L, 1L), (BitConverter.ToInt64(before), BitConverter.ToInt64(after)));
    }

    [Fact]
    public async Task An_output_that_is_an_input_is_that_input()
    {
        await using var client = fixture.Client();
        var description = await client.DescribeAsync(
            fixture.Task(Head + """
            class Model(nn.Module):
                def forward(self, x, idx, value):
                    x[idx] = value
                    return x

            def get_inputs():
                return [torch.zeros(10000, 1024), torch.randint(0, 10000, (2048,)), torch.randn(2048, 1024)]

            def get_init_inputs():
                return []
            """),
            "inplace_update",
            Cancellation);

        var full = description.Presets["full"].Tensors;
        Assert.Equal("x", full.Single(t => t.Name == "out").AliasOf);
        Assert.True(full.Single(t => t.Name == "x") is { Writable: true, Checked: true });
        Assert.Contains(description.UnrankedReasons, r => r.Contains("undefined on a GPU", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Active_dropout_keeps_a_task_from_ranking_and_its_oracle_keeps_the_mask()
    {
        await using var client = fixture.Client();
        var description = await client.DescribeAsync(
            fixture.Task(Head + """
            class Model(nn.Module):
                def __init__(self, p):
                    super().__init__()
                    self.fc = nn.Linear(1024, 1024)
                    self.dropout = nn.Dropout(p)

                def forward(self, x):
                    return self.dropout(self.fc(x))

            def get_inputs():
                return [torch.rand(4096, 1024)]

            def get_init_inputs():
                return [0.2]
            """),
            "dropout",
            Cancellation);

        var trial = (await client.PrepareAsync(description, [new("small", 1, "standard")], Cancellation))[0];

        Assert.Contains(description.UnrankedReasons, r => r.Contains("random", StringComparison.Ordinal));
        Assert.Equal("float64", trial.Manifest.Oracle);
    }

    [Fact]
    public async Task Where_no_sizes_can_be_derived_the_message_says_to_add_presets()
    {
        await using var client = fixture.Client();
        var path = fixture.Task(Head + """
            class Model(nn.Module):
                def forward(self, x):
                    assert x.numel() == 65536 * 1024
                    return torch.relu(x)

            def get_inputs():
                return [torch.rand(65536, 1024)]

            def get_init_inputs():
                return []
            """);

        var error = await Assert.ThrowsAsync<TaskFileException>(() => client.DescribeAsync(path, "stiff", Cancellation));

        Assert.Contains("Add PRESETS to the file, as an example: PRESETS = {\"small\"", error.Message, StringComparison.Ordinal);
    }
}
