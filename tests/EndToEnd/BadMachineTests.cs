using KernelForge.Contracts.Evaluation;
using KernelForge.Processes;

namespace KernelForge.EndToEnd;

/// <summary>A machine that lacks something is named with what mends it, and two evaluations at once do not disturb each other.</summary>
public sealed class BadMachineTests : IDisposable
{
    private readonly BadInput _input = new();

    public void Dispose() => _input.Dispose();

    /// <summary>The evaluator with another PATH, behind a script that sets it.</summary>
    private EvaluatorProcess EvaluatorWith(string path)
    {
        var program = Script("evaluator", $"PATH='{path}' exec '{DotnetProgram.Host}' '{Path.Combine(AppContext.BaseDirectory, "KernelForge.Evaluator.dll")}' \"$@\"");
        return new EvaluatorProcess(program);
    }

    private string Script(string name, string command)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_input.PathOf(name))!);
        var path = _input.File(name, "#!/bin/sh\n" + command + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private EvaluatorProcess EvaluatorWithoutUserNamespaces()
    {
        Script("bin/bwrap", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1");
        return EvaluatorWith($"{_input.PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}");
    }

    private EvaluationRequest Cold(string name) => _input.Request(BadInput.Good) with { Home = Directory.CreateDirectory(_input.PathOf(name)).FullName };

    [Fact]
    public async Task Without_bubblewrap_the_fault_says_how_to_install_it()
    {
        var reply = await EvaluatorWith(_input.PathOf("nothing")).EvaluateAsync(_input.Request(BadInput.Good), TestContext.Current.CancellationToken);

        Assert.Equal(69, reply.Fault!.ExitCode);
        Assert.Contains("bubblewrap (bwrap) is not installed: apt-get install bubblewrap, or ./kernelforge setup", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_sandbox_is_allowed_the_fault_holds_the_line_that_allows_it()
    {
        var reply = await EvaluatorWithoutUserNamespaces().EvaluateAsync(_input.Request(BadInput.Good), TestContext.Current.CancellationToken);

        Assert.Equal(69, reply.Fault!.ExitCode);
        Assert.Contains("bwrap: No permissions to create new namespace", reply.Fault.Message, StringComparison.Ordinal);
        Assert.Contains("sysctl -w user.max_user_namespaces=15000", reply.Fault.Message, StringComparison.Ordinal);
        Assert.Contains("security_opt: [seccomp=unconfined", reply.Fault.Message, StringComparison.Ordinal);
        Assert.Contains("--unsafe-no-sandbox", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_users_word_it_runs_without_a_sandbox_even_on_a_cold_cache()
    {
        var request = Cold("home") with { UnsafeNoSandbox = true };

        var reply = await EvaluatorWithoutUserNamespaces().EvaluateAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("passed", reply.Outcome?.Status ?? reply.Fault!.Message);
    }

    [Fact]
    public async Task Two_evaluations_at_once_on_a_cold_cache_both_pass()
    {
        var request = Cold("home");

        var replies = await Task.WhenAll(Evaluations.AskAsync(request), Evaluations.AskAsync(request));

        Assert.All(replies, reply => Assert.Equal("passed", reply.Outcome?.Status ?? reply.Fault!.Message));
    }

    [Fact]
    public async Task A_full_disk_is_named_with_the_remedy()
    {
        using var disk = SmallDisk.Mount(_input.PathOf("disk"));
        var request = _input.Request(BadInput.Good, BadInput.Task.Replace("\"N\": 130", "\"N\": 400000", StringComparison.Ordinal)) with { Home = disk.Path };

        var reply = await Evaluations.AskAsync(request);

        Assert.Equal(69, reply.Fault?.ExitCode);
        Assert.Contains("no space left on the disk of", reply.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("set KERNELFORGE_HOME to a folder on a larger disk", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_is_named_with_the_remedy()
    {
        using var disk = SmallDisk.Mount(_input.PathOf("disk"), readOnly: true);

        var reply = await Evaluations.AskAsync(_input.Request(BadInput.Good) with { Home = disk.Path });

        Assert.Equal(69, reply.Fault?.ExitCode);
        Assert.Contains(disk.Path, reply.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("set KERNELFORGE_HOME to", reply.Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warm_data_folder_that_became_read_only_serves_what_it_has_and_names_what_it_has_not()
    {
        using var disk = SmallDisk.Mount(_input.PathOf("disk"));
        var warm = await Evaluations.AskAsync(_input.Request(BadInput.Good) with { Home = disk.Path });
        disk.MakeReadOnly();

        var served = await Evaluations.AskAsync(_input.Request(BadInput.Good + "// another source to compile\n") with { Home = disk.Path });
        var missing = await Evaluations.AskAsync(_input.Request(BadInput.Good, BadInput.Task + "# another task\n") with { Home = disk.Path });

        Assert.Equal("passed", warm.Outcome?.Status ?? warm.Fault!.Message);
        Assert.Equal("passed", served.Outcome?.Status ?? served.Fault!.Message);
        Assert.Equal(69, missing.Fault?.ExitCode);
        Assert.Contains("cannot be written", missing.Fault!.Message, StringComparison.Ordinal);
    }
}
