using System.Net.Http.Json;
using System.Text.Json.Nodes;
using KernelForge.Api;
using KernelForge.Processes;
using Microsoft.Playwright;
using Npgsql;

[assembly: AssemblyFixture(typeof(KernelForge.Browser.ServiceUnderTest))]

namespace KernelForge.Browser;

/// <summary>
/// A real service on a real database with one worker, a browser, and what users would have done: a search that replays recorded answers, a
/// submission, and rows for states that a healthy service seldom has. Everything is judged by the real evaluator.
/// </summary>
public sealed class ServiceUnderTest : IAsyncLifetime
{
    private const string TaskName = "reduce/sum_reduction_over_a_dimension";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    private readonly string _home = Directory.CreateTempSubdirectory("kf-browser-").FullName;
    private PrivateCluster? _cluster;
    private Service? _service;
    private IPlaywright? _playwright;

    /// <summary>The browser.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <summary>The service's address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What its addresses are, by page: <c>run</c>, <c>solution</c>, …</summary>
    public Dictionary<string, string> Pages { get; } = new(StringComparer.Ordinal)
    {
        ["home"] = "/",
        ["leaderboard"] = "/leaderboard",
        ["tasks"] = "/tasks",
        ["task"] = "/tasks/" + TaskName,
        ["datasets"] = "/datasets",
        ["schedules"] = "/schedules",
        ["workers"] = "/workers",
    };

    /// <summary>What a reader saw who had the run's page open all the time.</summary>
    public WatchedPage Watched { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Machine.Missing is { } missing)
        {
            Assert.False(Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_BROWSER") == "1", $"KERNELFORGE_REQUIRE_BROWSER=1 and {missing}");
            return;
        }

        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Machine.Browser,
            Args = Environment.UserName == "root" ? ["--no-sandbox"] : [],
        });
        _cluster = await PrivateCluster.StartAsync(_home, ToolboxPaths.Toolbox(), CancellationToken.None);
        _service = await Service.StartAsync(
            new ServiceSettings
            {
                Root = Repository.Root,
                // Not the database's folder: what the reference worker has computed once is there for the next run.
                Home = ToolboxPaths.Home(),
                Toolbox = ToolboxPaths.Toolbox(),
                ConnectionString = _cluster.ConnectionString,
                Urls = "http://127.0.0.1:0",
                Workers = 1,
                Evaluator = Environment.GetEnvironmentVariable("KERNELFORGE_EVALUATOR"),
            },
            CancellationToken.None);
        Address = new Uri(_service.Addresses[0]);
        await WorkAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        Directory.Delete(_home, recursive: true);
    }

    /// <summary>Skips the test, with the reason, where something is missing.</summary>
    public static void Require() => Assert.SkipWhen(Machine.Missing is not null, Machine.Missing ?? "");

    private async Task WorkAsync()
    {
        using HttpClient http = new() { BaseAddress = Address };
        var run = await PostAsync(http, "/api/v1/runs", new JsonObject { ["task"] = TaskName, ["coder"] = "replay:demo", ["judge"] = "replay:demo", ["rounds"] = 4 });
        Pages["run"] = $"/runs/{run}";
        var naive = await File.ReadAllTextAsync(Path.Combine(Repository.Root, $"prompts/examples/{TaskName}.naive.cu"));
        var submission = await PostAsync(http, "/api/v1/submissions", new JsonObject { ["task"] = TaskName, ["code"] = naive, ["preset"] = "small" });
        Pages["submission"] = $"/submissions/{submission}";
        var hostile = await PostAsync(http, "/api/v1/submissions", new JsonObject { ["task"] = TaskName, ["code"] = HostileRows.Code(naive), ["preset"] = "small" });
        Pages["hostile-submission"] = $"/submissions/{hostile}";

        var careless = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests/EndToEnd/bugs/01-gelu-tail-guard.cu"));
        var found = await PostAsync(http, "/api/v1/submissions", new JsonObject { ["task"] = "activation/gelu", ["code"] = careless, ["preset"] = "odd" });
        Pages["findings-submission"] = $"/submissions/{found}";

        Watched = await WatchedPage.OpenAsync(Browser, new Uri(Address, Pages["run"]), Patience);
        await WaitAsync(http, $"/api/v1/submissions/{submission}");
        var judged = await WaitAsync(http, $"/api/v1/submissions/{hostile}");
        Pages["hostile-solution"] = $"/solutions/{judged["solution_sha256"]}";
        Pages["findings-solution"] = $"/solutions/{(await WaitAsync(http, $"/api/v1/submissions/{found}"))["solution_sha256"]}";
        var report = await WaitAsync(http, $"/api/v1/runs/{run}");
        Pages["solution"] = $"/solutions/{report["report"]!["best"]!["solution_sha256"]}";
        var failed = report["report"]!["rounds"]!.AsArray().First(round => (string?)round!["outcome"]!["status"] != "passed");
        Pages["failed-solution"] = $"/solutions/{failed!["solution_sha256"]}";
        await using NpgsqlConnection connection = new(_cluster!.ConnectionString);
        await connection.OpenAsync();
        await VerifiedAsync(connection);
        foreach (var (name, address) in await HostileRows.WriteAsync(connection, TaskName))
        {
            Pages[name] = address;
        }
    }

    private static async Task<string> PostAsync(HttpClient http, string address, JsonObject body)
    {
        using var answer = await http.PostAsJsonAsync(address, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return (string)JsonNode.Parse(text)!["id"]!;
    }

    private static async Task<JsonNode> WaitAsync(HttpClient http, string address)
    {
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        while (true)
        {
            var found = (await http.GetFromJsonAsync<JsonNode>(address))!;
            if ((string?)found["status"] is "succeeded" or "failed" or "cancelled")
            {
                Assert.Equal("succeeded", (string?)found["status"]);
                return found;
            }

            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"{address} did not end: {found}");
            await Task.Delay(100);
        }
    }

    /// <summary>Waits until the run's winner stands on the board: until its second evaluation.</summary>
    private static async Task VerifiedAsync(NpgsqlConnection connection)
    {
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        while (true)
        {
            await using NpgsqlCommand command = new("SELECT EXISTS (SELECT 1 FROM rankable)", connection);
            if (await command.ExecuteScalarAsync() is true)
            {
                return;
            }

            Assert.True(TimeProvider.System.GetUtcNow() < deadline, "no winner was verified");
            await Task.Delay(100);
        }
    }
}
