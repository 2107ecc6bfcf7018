using KernelForge.Contracts.Evaluation;

namespace KernelForge.Processes.Tests;

public sealed class EvaluatorProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kf-evaluator-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<EvaluatorReply> AskAsync(string script, TimeSpan? timeout = null, long memory = 1L << 30)
    {
        var program = Path.Combine(_folder, "evaluator");
        await File.WriteAllTextAsync(program, "#!/bin/bash\n" + script, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var evaluator = new EvaluatorProcess(program) { Timeout = timeout ?? TimeSpan.FromSeconds(20), MemoryLimitBytes = memory };
        var request = new EvaluationRequest { TaskPath = "/t.py", TaskName = "t", SolutionPath = "/s.cu", Home = _folder, Toolbox = "/" };
        return await evaluator.EvaluateAsync(request, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_evaluator_that_answers_garbage_is_a_fault_that_shows_the_garbage()
    {
        var reply = await AskAsync("echo nonsense >&$KERNELFORGE_PIPE");

        Assert.Equal(70, reply.Fault!.ExitCode);
        Assert.Contains("nonsense", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluator_that_is_killed_is_a_fault_with_what_it_printed()
    {
        var reply = await AskAsync("echo dying >&2; kill -9 $$");

        Assert.Contains("ended without a reply (exit status 137)", reply.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("dying", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluator_that_hangs_is_killed_at_its_time_limit()
    {
        var reply = await AskAsync("sleep 100", TimeSpan.FromMilliseconds(300));

        Assert.Contains("did not answer within", reply.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluator_out_of_memory_is_a_fault_that_names_the_limit()
    {
        var reply = await AskAsync("exec python3 -c 'import time; x = bytearray(300 << 20); time.sleep(60)'", memory: 100 << 20);

        Assert.Contains("more than 100 MiB", reply.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluator_that_ends_at_once_without_reading_is_a_fault_and_no_exception()
    {
        var reply = await AskAsync("exec 0<&-; exit 5");

        Assert.Contains("exit status 5", reply.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_evaluator_that_is_not_there_is_a_fault()
    {
        var request = new EvaluationRequest { TaskPath = "/t.py", TaskName = "t", SolutionPath = "/s.cu", Home = _folder, Toolbox = "/" };
        var reply = await new EvaluatorProcess(Path.Combine(_folder, "missing")).EvaluateAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains("could not be started", reply.Fault!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_evaluator_arrives_as_it_was_sent()
    {
        var reply = await AskAsync("""echo '{"fault":{"exit_code":65,"message":"no such task"}}' >&$KERNELFORGE_PIPE""");

        Assert.Equal(new EvaluatorFault { ExitCode = 65, Message = "no such task" }, reply.Fault);
    }
}
