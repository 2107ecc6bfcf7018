using System.Text;

namespace KernelForge.Processes.Tests;

public sealed class ChildProcessTests
{
    private static ChildSpec Shell(string script) => new() { FileName = "/bin/bash", Arguments = ["-c", script] };

    [Fact]
    public async Task A_child_that_ends_by_itself_reports_its_exit_code_and_output()
    {
        var exit = await ChildProcess.RunAsync(Shell("echo out; echo err >&2; exit 3"), TestContext.Current.CancellationToken);

        Assert.Equal(new ChildExit(ChildEnd.Exited, 3, "out\n", "err\n", 0), exit);
    }

    [Fact]
    public async Task Messages_arrive_on_their_own_pipe_and_not_on_standard_output()
    {
        await using var child = ChildProcess.Start(Shell("echo noise; cat >&$KERNELFORGE_PIPE") with { Pipe = true });
        await child.Input.WriteAsync("a message"u8.ToArray(), TestContext.Current.CancellationToken);
        child.CloseInput();
        using var reader = new StreamReader(child.Messages);

        Assert.Equal("a message", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("noise\n", (await child.Completion).StandardOutput);
    }

    [Fact]
    public async Task A_child_over_its_time_is_killed_with_everything_it_started()
    {
        var exit = await ChildProcess.RunAsync(Shell("sleep 100 & sleep 100") with { Timeout = TimeSpan.FromMilliseconds(200) }, TestContext.Current.CancellationToken);

        Assert.Equal(ChildEnd.TimedOut, exit.End);
    }

    [Fact]
    public async Task A_child_over_its_memory_is_killed_and_its_peak_is_reported()
    {
        var eater = "import time\nx = bytearray(300 << 20)\ntime.sleep(60)";
        var exit = await ChildProcess.RunAsync(
            new ChildSpec { FileName = "python3", Arguments = ["-c", eater], MemoryLimitBytes = 100 << 20, Timeout = TimeSpan.FromSeconds(30) },
            TestContext.Current.CancellationToken);

        Assert.Equal(ChildEnd.MemoryExceeded, exit.End);
        Assert.True(exit.PeakMemoryBytes > 100 << 20);
    }

    [Fact]
    public async Task A_child_that_starts_too_many_processes_is_killed()
    {
        var script = "i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i+1)); done; wait";
        var exit = await ChildProcess.RunAsync(Shell(script) with { ProcessLimit = 20, Timeout = TimeSpan.FromSeconds(30) }, TestContext.Current.CancellationToken);

        Assert.Equal(ChildEnd.ProcessesExceeded, exit.End);
    }

    [Fact]
    public async Task A_flood_of_output_ends_the_child_and_keeps_the_beginning_and_the_end()
    {
        var exit = await ChildProcess.RunAsync(Shell("echo first; yes") with { OutputLimitBytes = 1 << 20 }, TestContext.Current.CancellationToken);

        Assert.Equal(ChildEnd.OutputFlood, exit.End);
        Assert.StartsWith("first\ny\n", exit.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("bytes left out", exit.StandardOutput, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(exit.StandardOutput) < 40_000);
    }

    [Fact]
    public async Task Cancelling_kills_the_child()
    {
        using var source = new CancellationTokenSource();
        var running = ChildProcess.RunAsync(Shell("sleep 100"), source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void A_program_that_is_not_there_is_named()
    {
        var error = Assert.Throws<ChildStartException>(() => ChildProcess.Start(new ChildSpec { FileName = "/nowhere/program" }));

        Assert.Contains("/nowhere/program", error.Message, StringComparison.Ordinal);
    }
}
