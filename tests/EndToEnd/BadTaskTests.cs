using System.Diagnostics;

namespace KernelForge.EndToEnd;

/// <summary>
/// Whatever a task file does, the real evaluator answers with exit code 65 and what its author has to know. All that a file may do is in
/// <c>Evaluator.Tests/Reference/HostileTaskTests</c>; here it is seen to come out whole.
/// </summary>
public sealed class BadTaskTests : IDisposable
{
    private readonly BadInput _input = new();

    public void Dispose() => _input.Dispose();

    [Theory]
    [InlineData("raise ValueError('no such size')", "line 3|ValueError: no such size")]
    [InlineData("b = bytearray(100 << 30)", "line 3|MemoryError")]
    [InlineData("for _ in range(1024): print('x' * (1 << 20))", "printed more than the 64 MiB that are let through")]
    public async Task A_hostile_task_is_a_bad_input_file_with_the_reason(string statement, string parts)
    {
        var fault = await _input.TaskFaultAsync("import torch\nimport torch.nn as nn\n" + statement + "\n" + BadInput.Task);

        Assert.Equal(65, fault.ExitCode);
        Assert.StartsWith("task: ", fault.Message, StringComparison.Ordinal);
        Assert.All(parts.Split('|'), part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    /// <summary>Takes the whole minute that a task has.</summary>
    [Fact]
    [Trait("Category", "Sweep")]
    public async Task A_task_that_never_returns_is_stopped_after_its_minute()
    {
        var clock = Stopwatch.StartNew();

        var fault = await _input.TaskFaultAsync("while True: pass\n" + BadInput.Task);

        Assert.Equal(65, fault.ExitCode);
        Assert.Contains("did not finish to describe within 60 s and was stopped", fault.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 60, 120);
    }

    [Fact]
    public async Task A_task_that_is_not_there_is_a_bad_input_file()
    {
        var reply = await Evaluations.AskAsync(_input.Request(BadInput.Good) with { TaskPath = _input.PathOf("missing.py") });

        Assert.Equal(65, reply.Fault!.ExitCode);
        Assert.Contains("missing.py cannot be read: there is no such file", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_a_named_pipe_keeps_nobody_waiting()
    {
        Repository.Run("mkfifo", [_input.PathOf("pipe.py")]);

        var reply = await Evaluations.AskAsync(_input.Request(BadInput.Good) with { TaskPath = _input.PathOf("pipe.py") });

        Assert.Equal(65, reply.Fault!.ExitCode);
        Assert.Contains("it is a pipe, socket or device; expected a file", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_with_empty_tensors_passes_where_nothing_is_launched()
    {
        var task = BadInput.Task.Replace("\"N\": 130", "\"N\": 0", StringComparison.Ordinal);
        var solution = BadInput.Good.Replace("{ \"kernel\"", "{ \"when\": \"x.numel > 0\", \"kernel\"", StringComparison.Ordinal);

        var outcome = await Evaluations.JudgeAsync(_input.Request(solution, task));

        Assert.Equal("passed", outcome.Status);
        Assert.Contains("there was no element to compare", outcome.Message, StringComparison.Ordinal);
    }
}
