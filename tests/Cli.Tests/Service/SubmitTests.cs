using System.Text.Json;

namespace KernelForge.Cli.Tests.Service;

/// <summary><c>submit</c>, <c>watch</c> and <c>cancel</c> against a real service.</summary>
public sealed class SubmitTests(ServiceFixture fixture)
{
    private const string Relu =
        """
        /*launch-plan
        { "launches": [ { "kernel": "relu", "grid": ["ceil_div(x.numel, 256)"], "block": [256], "args": ["x", "out", "x.numel"] } ] }
        */
        extern "C" __global__ void relu(const float* x, float* out, long long n)
        {
            long long i = blockIdx.x * 256ll + threadIdx.x;
            if (i < n) out[i] = fmaxf(x[i], 0.0f);
        }

        """;

    private const string MyTask =
        """
        import torch
        import torch.nn as nn

        N = 300
        PRESETS = {"small": {}, "odd": {"N": 257}, "full": {}}

        class Model(nn.Module):
            def forward(self, x):
                return torch.relu(x)

        def get_inputs():
            return [torch.randn(N)]

        def get_init_inputs():
            return []

        """;

    [Fact]
    public async Task Without_wait_the_id_is_the_only_result()
    {
        using var cli = await fixture.CliAsync();
        var solution = cli.AddFile("relu.cu", Relu);

        Assert.Equal(0, await cli.RunAsync(TestContext.Current.CancellationToken, "submit", "activation/relu", solution, "--preset", "small"));
        Assert.True(Guid.TryParse(cli.Out.Trim(), out var id));
        Assert.Contains($"./kernelforge watch {id}", cli.Error, StringComparison.Ordinal);
        await cli.RunAsync("cancel", id.ToString());
    }

    [Fact]
    public async Task With_wait_the_verdict_is_shown_as_eval_shows_it_and_watch_shows_it_again()
    {
        Assert.SkipWhen(ServiceFixture.Evaluator is null, "no evaluator was built: ./kernelforge tasks list builds it");
        using var cli = await fixture.CliAsync();
        var solution = cli.AddFile("relu.cu", Relu);

        var code = await cli.RunAsync(TestContext.Current.CancellationToken, "submit", "activation/relu", solution, "--preset", "small", "--wait");

        Assert.True(code == 0, cli.Out + cli.Error);
        Assert.Contains("passed  activation/relu", cli.Out, StringComparison.Ordinal);
        Assert.Contains("queued", cli.Error, StringComparison.Ordinal);
        var id = cli.Error.Split(' ')[1];
        var shown = cli.Out;
        cli.Clear();
        Assert.Equal(0, await cli.RunAsync("watch", id));
        Assert.Equal(shown, cli.Out);
    }

    [Fact]
    public async Task A_task_file_of_the_users_is_handed_over_and_what_fails_exits_1()
    {
        Assert.SkipWhen(ServiceFixture.Evaluator is null, "no evaluator was built: ./kernelforge tasks list builds it");
        using var cli = await fixture.CliAsync();
        var task = cli.AddFile("my op.py", MyTask);
        var solution = cli.AddFile("wrong.cu", Relu.Replace("fmaxf(x[i], 0.0f)", "fminf(x[i], 0.0f)", StringComparison.Ordinal));

        var code = await cli.RunAsync(TestContext.Current.CancellationToken, "submit", task, solution, "--preset", "small", "--wait", "--json");

        Assert.True(code == 1, cli.Out + cli.Error);
        using var document = JsonDocument.Parse(cli.Out);
        Assert.Equal("succeeded", document.RootElement.GetProperty("status").GetString());
        Assert.Equal("my_op", document.RootElement.GetProperty("task").GetString());
        Assert.Equal("incorrect_numerical", document.RootElement.GetProperty("outcome").GetProperty("status").GetString());
    }

    [Fact]
    public async Task What_was_cancelled_is_said_by_watch_and_a_second_cancel_is_no_error()
    {
        using var cli = await fixture.CliAsync();
        await cli.RunAsync("submit", "activation/relu", cli.AddFile("relu.cu", Relu));
        var id = cli.Out.Trim();
        await cli.RunAsync("cancel", id);
        cli.Clear();

        Assert.Equal(0, await cli.RunAsync("cancel", id));
        Assert.Equal("cancelled", cli.Out.Trim());
        Assert.Equal(1, await cli.RunAsync(TestContext.Current.CancellationToken, "watch", id));
        Assert.Contains("cancelled, no verdict", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_prints_events_as_json_lines()
    {
        using var cli = await fixture.CliAsync();
        await cli.RunAsync("submit", "activation/relu", cli.AddFile("relu.cu", Relu));
        var id = cli.Out.Trim();
        await cli.RunAsync("cancel", id);
        cli.Clear();

        Assert.Equal(1, await cli.RunAsync(TestContext.Current.CancellationToken, "watch", id, "--json"));
        var events = cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()).ToList();
        Assert.Equal("queued", events[0]);
        Assert.Equal("cancelled", events[^1]);
    }

    [Theory]
    [InlineData(64, "there is no task 'activation/gleu'", "submit", "activation/gleu", "SOLUTION")]
    [InlineData(64, "expected one of", "submit", "activation/relu", "SOLUTION", "--preset", "nonsense")]
    [InlineData(65, "there is no solution file", "submit", "activation/relu", "/nowhere/x.cu")]
    [InlineData(65, "expected UTF-8", "submit", "activation/relu", "LATIN1")]
    [InlineData(65, "NUL", "submit", "activation/relu", "NUL")]
    [InlineData(65, "1048577", "submit", "activation/relu", "LONG")]
    [InlineData(64, "knows no run and no submission", "watch", "00000000-0000-0000-0000-000000000001")]
    [InlineData(64, "knows no run and no submission", "cancel", "00000000-0000-0000-0000-000000000001")]
    public async Task What_is_wrong_is_said_with_its_exit_code(int code, string says, params string[] arguments)
    {
        using var cli = await fixture.CliAsync();
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["SOLUTION"] = "// nothing\n"u8.ToArray(),
            ["LATIN1"] = [0x2F, 0x2F, 0xE9, 0x0A],
            ["NUL"] = "// a\0b\n"u8.ToArray(),
            ["LONG"] = new byte[1048577],
        };
        foreach (var (name, bytes) in files)
        {
            await File.WriteAllBytesAsync(Path.Combine(cli.Root, name), bytes, TestContext.Current.CancellationToken);
        }

        var given = arguments.Select(argument => files.ContainsKey(argument) ? Path.Combine(cli.Root, argument) : argument).ToArray();

        var found = await cli.RunAsync(TestContext.Current.CancellationToken, given);

        Assert.Contains(says, cli.Error, StringComparison.Ordinal);
        Assert.Equal(code, found);
        Assert.Empty(cli.Out);
    }
}
