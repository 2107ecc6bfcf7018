using System.Diagnostics;
using KernelForge.Evaluator.Reference;

namespace KernelForge.Evaluator.Tests.Reference;

/// <summary>Whatever a task's code does, describing it ends, soon, with a message for its author.</summary>
[Collection("reference")]
public sealed class HostileTaskTests(ReferenceFixture fixture)
{
    private const string Tail = """

        class Model(nn.Module):
            def forward(self, x):
                return torch.relu(x)

        N = 64
        PRESETS = {"small": {"N": 3}}

        def get_inputs():
            return [torch.rand(N, N)]

        def get_init_inputs():
            return []
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<TaskFileException> FailureAsync(string source, TimeSpan? timeout = null)
    {
        fixture.Require();
        await using var client = new ReferenceClient(fixture.Options() with { DescribeTimeout = timeout ?? TimeSpan.FromSeconds(60) });
        return await Assert.ThrowsAsync<TaskFileException>(() => client.DescribeAsync(fixture.Task(source), "hostile", Cancellation));
    }

    [Theory]
    [InlineData("import torchvision", "No module named 'torchvision'", 4)]
    [InlineData("x = (1,", "not valid Python", 4)]
    [InlineData("import sys; sys.exit(3)", "called exit (3)", 4)]
    [InlineData("import socket; socket.create_connection(('1.1.1.1', 80), 5)", "Network is unreachable", 4)]
    [InlineData("open('/usr/lib/new', 'w')", "Read-only file system", 4)]
    [InlineData("b = torch.full((100 << 30,), 1, dtype=torch.uint8)", "allocate memory", 4)]
    [InlineData("def f(n):\n    return f(n + 1)\nf(0)", "RecursionError", 5)]
    [InlineData("PRESETS = {'small': {'M': 3}}\nraise SystemExit", "called exit", 5)]
    public async Task Code_that_raises_ends_with_Pythons_own_message_and_the_line(string statement, string message, int line)
    {
        var error = await FailureAsync("import torch\nimport torch.nn as nn\n\n" + statement + "\n" + Tail);

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Line);
    }

    [Theory]
    [InlineData("Model", "class Model(nn.Module):", "class Other(nn.Module):")]
    [InlineData("get_inputs", "def get_inputs():", "def inputs():")]
    [InlineData("'M', which is no module-level constant of the task; known: N", "\"N\": 3", "\"M\": 3")]
    [InlineData("get_inputs() returned Tensor", "return [torch.rand(N, N)]", "return torch.rand(N, N)")]
    [InlineData("does not fit forward(x)", "return [torch.rand(N, N)]", "return [torch.rand(N, N), 3]")]
    [InlineData("input 'x' is complex64", "return [torch.rand(N, N)]", "return [torch.rand(N, N) * 1j]")]
    [InlineData("only dense (strided) tensors", "return [torch.rand(N, N)]", "return [torch.eye(N).to_sparse()]")]
    [InlineData("input 'x' is quantised", "return [torch.rand(N, N)]", "return [torch.quantize_per_tensor(torch.rand(N, N), 0.1, 0, torch.qint8)]")]
    [InlineData("input 'x' is a dict", "return [torch.rand(N, N)]", "return [{'a': torch.rand(N, N)}]")]
    [InlineData("forward returned no tensor", "return torch.relu(x)", "return None")]
    [InlineData("must not name a device", "return torch.relu(x)", "return x.cuda()")]
    public async Task What_is_missing_or_unsupported_is_named(string message, string from, string to)
    {
        var error = await FailureAsync("import torch\nimport torch.nn as nn\n" + Tail.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get_inputs() returned NoneType; expected a list", 11, "return [torch.rand(N, N)]", "return None")]
    [InlineData("get_inputs() returned float; expected a list", 11, "return [torch.rand(N, N)]", "return 3.0")]
    [InlineData("does not fit forward(x): too many positional arguments", 11, "return [torch.rand(N, N)]", "return [[torch.rand(N)], [torch.rand(N)]]")]
    [InlineData("forward returned no tensor but NoneType", 5, "return torch.relu(x)", "return None")]
    [InlineData("No such file or directory: 'weights.pt'", 12, "return [torch.rand(N, N)]", "return [torch.load('weights.pt')]")]
    [InlineData("the shape of output 'out' depends on the values of the inputs", 5, "return torch.relu(x)", "return x[x > 0.5]")]
    public async Task The_same_fault_is_named_with_its_line_where_sizes_are_derived(string message, int line, string from, string to)
    {
        var source = "import torch\nimport torch.nn as nn\n" + Tail.Replace(from, to, StringComparison.Ordinal);

        var declared = await FailureAsync(source);
        var derived = await FailureAsync(source.Replace("PRESETS = {\"small\": {\"N\": 3}}", "", StringComparison.Ordinal));

        Assert.Contains(message, declared.Message, StringComparison.Ordinal);
        Assert.Contains(message, derived.Message, StringComparison.Ordinal);
        Assert.Equal((line, line), (declared.Line, derived.Line));
        Assert.DoesNotContain("Add PRESETS", derived.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_never_returns_is_stopped_at_the_limit()
    {
        var watch = Stopwatch.StartNew();

        var error = await FailureAsync("import torch\nimport torch.nn as nn\nwhile True: pass\n" + Tail, TimeSpan.FromSeconds(2));

        Assert.Contains("within 2 s", error.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 2, 30);
    }

    [Fact]
    public async Task Code_that_prints_a_gigabyte_is_stopped()
    {
        var error = await FailureAsync("import torch\nimport torch.nn as nn\nfor _ in range(1024): print('x' * (1 << 20))\n" + Tail);

        Assert.Contains("printed more than the 64 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_forks_without_end_is_stopped()
    {
        var error = await FailureAsync("import os, time\nimport torch\nimport torch.nn as nn\nfor _ in range(40):\n    if os.fork() == 0: time.sleep(60)\ntime.sleep(60)\n" + Tail);

        Assert.Contains("more than 16 processes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_ends_the_process_is_named()
    {
        var error = await FailureAsync("import os\nimport torch\nimport torch.nn as nn\nos._exit(7)\n" + Tail);

        Assert.Contains("ended the Python process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_fills_the_scratch_folder_is_stopped()
    {
        fixture.Require();
        await using var client = new ReferenceClient(fixture.Options() with { ScratchLimitBytes = 32 << 20 });
        var path = fixture.Task("import time\nimport torch\nimport torch.nn as nn\nwith open('/tmp/trials/big', 'wb') as f:\n    for _ in range(64): f.write(bytes(1 << 20))\ntime.sleep(60)\n" + Tail);

        var error = await Assert.ThrowsAsync<TaskFileException>(() => client.DescribeAsync(path, "hostile", Cancellation));

        Assert.Contains("filled the scratch folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forked_copy_answers_nothing()
    {
        await using var client = fixture.Client();

        var description = await client.DescribeAsync(fixture.Task("import os\nimport torch\nimport torch.nn as nn\nos.fork()\n" + Tail), "forks", Cancellation);

        Assert.Equal("declared", description.PresetsOrigin);
    }

    [Fact]
    public async Task A_file_above_one_mebibyte_is_not_even_read()
    {
        await using var client = fixture.Client();
        var path = fixture.Task("#" + new string('x', 1 << 20));

        var error = await Assert.ThrowsAsync<TaskFileException>(() => client.DescribeAsync(path, "big", Cancellation));

        Assert.Contains("1 MiB", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.WorkerStarts);
    }

    [Fact]
    public async Task Code_that_reads_standard_input_gets_nothing()
    {
        var error = await FailureAsync("import torch\nimport torch.nn as nn\ninput()\n" + Tail);

        Assert.Contains("EOFError", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_call_leaves_no_process_behind()
    {
        fixture.Require();
        await using var client = fixture.Client();
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var path = fixture.Task("import torch\nimport torch.nn as nn\nwhile True: pass\n" + Tail);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.DescribeAsync(path, "hostile", cancel.Token));

        // The same client goes on with another task.
        var description = await client.DescribeAsync(fixture.Task("import torch\nimport torch.nn as nn\n" + Tail), "good", Cancellation);
        Assert.Equal(3, description.Presets["small"].Tensors[0].Shape[0]);
    }

    [Fact]
    public async Task Without_a_toolbox_the_message_says_how_to_get_one()
    {
        await using var client = new ReferenceClient(new ReferenceOptions { Home = fixture.Home, Toolbox = "/nonexistent/toolbox" });

        var error = await Assert.ThrowsAsync<ReferenceUnavailableException>(() => client.DescribeAsync(fixture.Task(Tail), "task", Cancellation));

        Assert.Contains("./kernelforge setup", error.Message, StringComparison.Ordinal);
    }
}
