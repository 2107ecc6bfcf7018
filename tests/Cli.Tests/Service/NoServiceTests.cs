namespace KernelForge.Cli.Tests.Service;

/// <summary>Nobody answers, or somebody else does.</summary>
public sealed class NoServiceTests : IDisposable
{
    private readonly TestCli _cli = new();

    [Theory]
    [InlineData("submit", "activation/gelu", "-")]
    [InlineData("watch", "00000000-0000-0000-0000-000000000001")]
    [InlineData("cancel", "00000000-0000-0000-0000-000000000001")]
    public async Task A_verb_that_needs_a_service_exits_69_and_says_how_to_start_one(params string[] arguments)
    {
        Assert.Equal(69, await _cli.RunAsync(arguments));
        Assert.Contains("no service is up: start one with ./kernelforge serve", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_was_named_and_is_not_up_is_said_with_its_address()
    {
        _cli.Settings["KERNELFORGE_SERVICE"] = "http://127.0.0.1:1";

        Assert.Equal(69, await _cli.RunAsync("leaderboard"));
        Assert.Contains("no service answers at http://127.0.0.1:1/ (KERNELFORGE_SERVICE)", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_none_is_wrong_usage()
    {
        _cli.Settings["KERNELFORGE_SERVICE"] = "localhost";

        Assert.Equal(64, await _cli.RunAsync("leaderboard"));
        Assert.Contains("expected an address such as http://127.0.0.1:5080, found 'localhost'", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "address": "http://127.0.0.1:1/", "pid": 1 }""")]
    [InlineData("""{ "address": """)]
    [InlineData("""{ "address": "nonsense", "pid": 1 }""")]
    public async Task A_service_file_that_was_left_behind_counts_as_none(string left)
    {
        _cli.AddFile("home/service.json", left);
        _cli.Search = (_, _) => throw new CliException(ExitCodes.NotPassed, "it was searched here");

        await _cli.RunAsync("run", "activation/gelu", "--coder", "replay:demo");

        Assert.Contains("it was searched here", _cli.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cli.Dispose();
}
