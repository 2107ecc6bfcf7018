using System.Text.Json.Nodes;
using Npgsql;

namespace KernelForge.Api.Tests.Features.Health;

public sealed class HealthTests(RestService rest, ServiceFixture fixture) : IClassFixture<RestService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("live")]
    [InlineData("ready")]
    public async Task A_service_with_its_database_is_well(string what) =>
        Assert.Equal(what, JsonNode.Parse(await rest.Http.GetStringAsync($"/health/{what}", Cancelled))!["status"]!.GetValue<string>());

    [Fact]
    public async Task Without_its_database_it_lives_and_is_not_ready()
    {
        var connectionString = await fixture.NewDatabaseAsync();
        await using var service = await Service.StartAsync(fixture.Settings(connectionString, workers: 0), Cancelled);
        using HttpClient http = new() { BaseAddress = new Uri(service.Addresses[0]) };
        NpgsqlConnectionStringBuilder gone = new(connectionString);
        await rest.ExecuteAsync($"ALTER DATABASE {gone.Database} ALLOW_CONNECTIONS false");
        await rest.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{gone.Database}'");

        using var live = await http.GetAsync("/health/live", Cancelled);
        using var ready = await http.GetAsync("/health/ready", Cancelled);
        using var tasks = await http.GetAsync("/api/v1/submissions/00000000-0000-0000-0000-000000000001/events", Cancelled);

        Assert.True(live.IsSuccessStatusCode);
        await RestService.ProblemAsync(ready, 503);
        await RestService.ProblemAsync(tasks, 503);
        await rest.ExecuteAsync($"ALTER DATABASE {gone.Database} ALLOW_CONNECTIONS true");
    }

    [Fact]
    public async Task The_description_is_OpenAPI_3_1_and_has_every_address_with_a_summary()
    {
        var document = JsonNode.Parse(await rest.Http.GetStringAsync("/openapi/v1.json", Cancelled))!;

        Assert.StartsWith("3.1", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        var paths = document["paths"]!.AsObject();
        Assert.Superset(
            new HashSet<string>
            {
                "/api/v1/submissions", "/api/v1/submissions/{id}", "/api/v1/submissions/{id}/events", "/api/v1/runs", "/api/v1/runs/{id}", "/api/v1/runs/{id}/events", "/api/v1/tasks",
                "/api/v1/tasks/{category}/{name}", "/api/v1/leaderboard", "/api/v1/solutions/{sha256}", "/api/v1/solutions/{sha256}/code", "/api/v1/workers", "/health/live", "/health/ready",
            },
            paths.Select(path => path.Key).ToHashSet());
        Assert.All(paths.SelectMany(path => path.Value!.AsObject()), operation => Assert.NotEmpty(operation.Value!["summary"]!.GetValue<string>()));
    }
}
