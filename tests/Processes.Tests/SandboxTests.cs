namespace KernelForge.Processes.Tests;

public sealed class SandboxTests
{
    private static async Task<ChildExit> RunAsync(string script, params SandboxBind[] binds)
    {
        Assert.SkipUnless(await Sandbox.ProblemAsync("/", TestContext.Current.CancellationToken) is null, "no sandbox here");
        var (fileName, arguments) = Sandbox.Command(new SandboxSpec { Root = "/", FileName = "/bin/sh", Arguments = ["-c", script], Binds = binds, TemporaryBytes = 1 << 20 });
        return await ChildProcess.RunAsync(new ChildSpec { FileName = fileName, Arguments = arguments, Timeout = TimeSpan.FromSeconds(20) }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Inside_there_is_no_network_interface_but_loopback()
    {
        var exit = await RunAsync("cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '");

        Assert.Equal("lo", exit.StandardOutput.Trim());
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/root")]
    [InlineData("/home")]
    [InlineData("/var")]
    public async Task The_hosts_files_are_not_visible(string path)
    {
        var exit = await RunAsync($"test -e {path}");

        Assert.Equal(1, exit.ExitCode);
    }

    [Theory]
    [InlineData("/new")]
    [InlineData("/usr/new")]
    [InlineData("/dev/new")]
    public async Task Nothing_outside_tmp_can_be_written(string path)
    {
        var exit = await RunAsync($"echo x > {path}");

        Assert.NotEqual(0, exit.ExitCode);
    }

    [Fact]
    public async Task Temporary_space_is_bounded()
    {
        var exit = await RunAsync("head -c 2000000 /dev/zero > /tmp/big");

        Assert.NotEqual(0, exit.ExitCode);
    }

    [Fact]
    public async Task Environment_of_the_parent_does_not_leak()
    {
        var exit = await RunAsync("env");

        Assert.DoesNotContain("HOME=", exit.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_leave_the_sandbox_by_their_pipe()
    {
        Assert.SkipUnless(await Sandbox.ProblemAsync("/", TestContext.Current.CancellationToken) is null, "no sandbox here");
        var (fileName, arguments) = Sandbox.Command(new SandboxSpec { Root = "/", FileName = "/bin/bash", Arguments = ["-c", "echo hello >&$KERNELFORGE_PIPE"] });
        await using var child = ChildProcess.Start(new ChildSpec { FileName = fileName, Arguments = arguments, Pipe = true });
        using var reader = new StreamReader(child.Messages);

        Assert.Equal("hello\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_killed_sandbox_leaves_no_process_behind()
    {
        Assert.SkipUnless(await Sandbox.ProblemAsync("/", TestContext.Current.CancellationToken) is null, "no sandbox here");
        var (fileName, arguments) = Sandbox.Command(new SandboxSpec { Root = "/", FileName = "/bin/sleep", Arguments = ["86431"] });
        await using (var child = ChildProcess.Start(new ChildSpec { FileName = fileName, Arguments = arguments }))
        {
            await UntilAsync(() => Running("86431"));
            child.Kill();
            await child.Completion;
        }

        await UntilAsync(() => !Running("86431"));
    }

    private static bool Running(string argument) => Directory.GetDirectories("/proc")
        .Where(path => int.TryParse(Path.GetFileName(path), out _))
        .Any(path =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(path, "cmdline")).Contains($"sleep\0{argument}", StringComparison.Ordinal);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            await Task.Delay(20, deadline.Token);
        }
    }
}
