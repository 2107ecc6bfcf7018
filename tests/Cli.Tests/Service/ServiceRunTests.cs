using System.Text.Json;

namespace KernelForge.Cli.Tests.Service;

/// <summary><c>run</c> where a service is up.</summary>
public sealed class ServiceRunTests(ServiceFixture fixture)
{
    [Fact]
    public async Task It_goes_through_the_service_and_names_its_page()
    {
        Assert.SkipWhen(ServiceFixture.Evaluator is null, "no evaluator was built: ./kernelforge tasks list builds it");
        using var cli = await fixture.CliAsync();

        var code = await cli.RunAsync(TestContext.Current.CancellationToken, "run", "activation/gelu", "--coder", "replay:demo", "--judge", "replay:demo", "--rounds", "1");

        // The first answer of the transcript does not compile, on purpose.
        Assert.True(code == 1, cli.Out + cli.Error);
        Assert.Contains("round 0   first        compile_error", cli.Out, StringComparison.Ordinal);
        Assert.Contains("/runs/", cli.Out, StringComparison.Ordinal);
        var id = cli.Error.Split(' ')[2];
        cli.Clear();
        Assert.Equal(1, await cli.RunAsync("watch", id));
        Assert.Contains("round 0   first        compile_error", cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Local_keeps_it_in_this_process()
    {
        using var cli = await fixture.CliAsync();
        cli.Search = (_, _) => throw new CliException(ExitCodes.NotPassed, "it was searched here");

        await cli.RunAsync("run", "activation/gelu", "--coder", "replay:demo", "--local");

        Assert.Contains("it was searched here", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coder_that_cannot_be_had_is_refused_with_the_services_words()
    {
        using var cli = await fixture.CliAsync();

        Assert.Equal(64, await cli.RunAsync("run", "activation/gelu", "--coder", "replay:nothing", "--json"));
        Assert.Contains("there is no transcript 'nothing'", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_board_has_the_shape_that_is_fixed()
    {
        using var cli = await fixture.CliAsync();

        Assert.Equal(0, await cli.RunAsync("leaderboard", "--category", "activation", "--json"));
        using var document = JsonDocument.Parse(cli.Out);
        Assert.Equal("activation", document.RootElement.GetProperty("filters").GetProperty("category").GetString());
        Assert.Equal(JsonValueKind.Array, document.RootElement.GetProperty("rows").ValueKind);
    }
}
