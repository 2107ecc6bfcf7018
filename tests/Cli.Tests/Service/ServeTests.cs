using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;

namespace KernelForge.Cli.Tests.Service;

/// <summary><c>serve</c>, and verbs that start a service for themselves.</summary>
public sealed class ServeTests(ServiceFixture fixture)
{
    [Fact]
    public async Task It_prints_its_address_is_found_by_other_verbs_and_leaves_nothing_behind()
    {
        using var cli = await fixture.CliWithDatabaseAsync();
        using CancellationTokenSource interrupted = new();
        var serving = cli.RunAsync(interrupted.Token, "serve", "--urls", "http://127.0.0.1:0", "--workers", "0");
        await UntilAsync(() => cli.Error.Contains("ready after", StringComparison.Ordinal) || serving.IsCompleted);
        using TestCli other = new();
        File.Copy(Path.Combine(cli.Home, "service.json"), Path.Combine(other.Home, "service.json"));

        Assert.Equal(0, await other.RunAsync("leaderboard"));
        Assert.Contains("nothing stands on this board yet", other.Out, StringComparison.Ordinal);

        await interrupted.CancelAsync();
        Assert.Equal(0, await serving);
        Assert.StartsWith("http://127.0.0.1:", cli.Out, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(cli.Home, "service.json")));
    }

    [Fact]
    public async Task A_port_in_use_exits_69_and_names_the_address_and_the_remedy()
    {
        using var cli = await fixture.CliWithDatabaseAsync();
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        Assert.Equal(69, await cli.RunAsync(TestContext.Current.CancellationToken, "serve", "--urls", url));
        Assert.Contains(url, cli.Error, StringComparison.Ordinal);
        Assert.Contains("--urls http://127.0.0.1:PORT", cli.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(cli.Home, "service.json")));
    }

    [Fact]
    public async Task An_address_that_other_machines_reach_needs_a_key_first()
    {
        using var cli = await fixture.CliWithDatabaseAsync();

        Assert.Equal(69, await cli.RunAsync(TestContext.Current.CancellationToken, "serve", "--urls", "http://0.0.0.0:0"));
        Assert.Contains("./kernelforge key create", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_exits_69_and_says_so()
    {
        using var cli = await fixture.CliWithDatabaseAsync();
        await using (NpgsqlConnection connection = new(cli.Settings["ConnectionStrings__KernelForge"]))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using NpgsqlCommand command = new(
                """
                CREATE TABLE "__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY, "ProductVersion" varchar(32) NOT NULL);
                INSERT INTO "__EFMigrationsHistory" VALUES ('29991231000000_Later', '99');
                """,
                connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(69, await cli.RunAsync(TestContext.Current.CancellationToken, "serve", "--urls", "http://127.0.0.1:0"));
        Assert.Contains("made by a newer KernelForge: it has 29991231000000_Later", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_not_there_exits_69_and_names_the_setting()
    {
        using TestCli cli = new();
        cli.Settings["ConnectionStrings__KernelForge"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=none";

        Assert.Equal(69, await cli.RunAsync(TestContext.Current.CancellationToken, "worker"));
        Assert.Contains("ConnectionStrings__KernelForge", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dataset_is_exported_and_verified_without_a_service_and_damage_is_found()
    {
        using var cli = await fixture.CliWithDatabaseAsync();
        var folder = Path.Combine(cli.Root, "dataset");

        var code = await cli.RunAsync(TestContext.Current.CancellationToken, "dataset", "export", "--recipe", "all-correct", "--format", "canonical", "--output", folder);

        Assert.True(code == 0, cli.Error);
        Assert.Equal(folder, cli.Out.Trim());
        Assert.Equal(0, await cli.RunAsync("dataset", "verify", folder));
        cli.Clear();
        Assert.Equal(0, await cli.RunAsync("dataset", "list", "--json"));
        using var list = JsonDocument.Parse(cli.Out);
        var id = list.RootElement.GetProperty("items")[0].GetProperty("id").GetString()!;
        cli.Clear();
        Assert.Equal(0, await cli.RunAsync("dataset", "show", id));
        Assert.Contains("deduplicated", cli.Out, StringComparison.Ordinal);
        Assert.Equal(64, await cli.RunAsync("dataset", "export", "--recipe", "all-correct", "--format", "sft", "--output", folder));
        await File.AppendAllTextAsync(Path.Combine(folder, "README.md"), "more", TestContext.Current.CancellationToken);
        cli.Clear();
        Assert.Equal(1, await cli.RunAsync("dataset", "verify", folder, "--json"));
        using var document = JsonDocument.Parse(cli.Out);
        Assert.False(document.RootElement.GetProperty("intact").GetBoolean());
    }

    [Theory]
    [InlineData("did you mean 'concur'?", "concure", "sft")]
    [InlineData("format dpo goes with preference", "all-correct", "dpo")]
    [InlineData("expected a name and a number, as epsilon=0.1, found 'epsilon'", "within-epsilon", "sft", "epsilon")]
    [InlineData("epsilon of recipe within-epsilon: expected a number from 0 to 0.9, found 2", "within-epsilon", "sft", "epsilon=2")]
    public async Task A_recipe_that_there_is_not_or_a_format_that_does_not_fit_is_wrong_usage(string says, string recipe, string format, params string[] parameters)
    {
        using var cli = await fixture.CliAsync();

        Assert.Equal(64, await cli.RunAsync(["dataset", "export", "--recipe", recipe, "--format", format, "--output", Path.Combine(cli.Root, "dataset"), .. parameters.SelectMany(parameter => (string[])["--param", parameter])]));
        Assert.Contains(says, cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_printed_once_and_a_scope_that_is_none_is_wrong_usage()
    {
        using var cli = await fixture.CliWithDatabaseAsync();

        Assert.Equal(0, await cli.RunAsync("key", "create", "me", "--scopes", "read,submit"));
        Assert.StartsWith("kf_", cli.Out, StringComparison.Ordinal);
        Assert.Equal(64, await cli.RunAsync("key", "create", "me", "--scopes", "everything"));
        Assert.Contains("read, submit, admin", cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_listed_without_the_key_and_revoked_by_name_or_id()
    {
        using var cli = await fixture.CliWithDatabaseAsync();
        Assert.Equal(0, await cli.RunAsync("key", "create", "build farm", "--scopes", "submit"));
        Assert.Equal(0, await cli.RunAsync("key", "create", "twin", "--scopes", "read"));
        Assert.Equal(0, await cli.RunAsync("key", "create", "twin", "--scopes", "read"));

        Assert.Equal(64, await cli.RunAsync("key", "revoke", "nobody"));
        Assert.Contains("expected the id or the name of one of: build farm, twin, twin", cli.Error, StringComparison.Ordinal);
        Assert.Equal(64, await cli.RunAsync("key", "revoke", "twin"));
        Assert.Contains("2 keys are named 'twin'", cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, await cli.RunAsync("key", "revoke", "build farm"));
        Assert.Equal(64, await cli.RunAsync("key", "revoke", "build farm"));
        cli.Clear();
        Assert.Equal(0, await cli.RunAsync("key", "list", "--json"));

        Assert.DoesNotContain("kf_", cli.Out, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(cli.Out);
        var keys = document.RootElement.EnumerateArray().ToList();
        Assert.Equal(["build farm", "twin", "twin"], keys.Select(key => key.GetProperty("name").GetString()));
        Assert.Equal([true, false, false], keys.Select(key => key.GetProperty("revoked_at").ValueKind == JsonValueKind.String));
        var id = keys[1].GetProperty("id").GetString()!;
        Assert.Equal(0, await cli.RunAsync("key", "revoke", id));
        cli.Clear();
        Assert.Equal(0, await cli.RunAsync("key", "list"));
        Assert.Contains(id, cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_is_made_listed_run_and_deleted()
    {
        using var cli = await fixture.CliAsync();

        Assert.Equal(0, await cli.RunAsync("schedule", "create", "nightly", "--cron", "0 3 * * *", "--category", "no-such-category"));
        cli.Clear();
        Assert.Equal(0, await cli.RunAsync("schedule", "list", "--json"));
        using (var document = JsonDocument.Parse(cli.Out))
        {
            Assert.Equal("nightly", document.RootElement.GetProperty("items")[0].GetProperty("name").GetString());
        }

        cli.Clear();
        Assert.Equal(0, await cli.RunAsync(TestContext.Current.CancellationToken, "schedule", "run", "nightly"));
        Assert.Contains("nothing was judged again", cli.Out, StringComparison.Ordinal);
        Assert.Equal(0, await cli.RunAsync("schedule", "delete", "nightly"));
        Assert.Equal(64, await cli.RunAsync("schedule", "delete", "nightly"));
        Assert.Contains("there is no schedule 'nightly'", cli.Error, StringComparison.Ordinal);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(50, patience.Token);
        }
    }
}
