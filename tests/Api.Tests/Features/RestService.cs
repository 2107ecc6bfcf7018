using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Contracts.Json;
using Npgsql;

namespace KernelForge.Api.Tests.Features;

/// <summary>A service without workers, with a database of its own: one for each class that asks REST.</summary>
public sealed class RestService(ServiceFixture fixture) : IAsyncLifetime
{
    private string? _connectionString;
    private Service? _service;

    /// <summary>Asks the service.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>The rows.</summary>
    internal NpgsqlDataSource Database { get; private set; } = null!;

    internal Service Service => _service!;

    public async ValueTask InitializeAsync()
    {
        _connectionString = await fixture.NewDatabaseAsync();
        _service = await Service.StartAsync(fixture.Settings(_connectionString, workers: 0), CancellationToken.None);
        Database = KernelForge.Api.Store.Database.Open(_connectionString);
        Http.Dispose();
        Http = new HttpClient { BaseAddress = new Uri(_service.Addresses[0]) };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (_service is not null)
        {
            await Database.DisposeAsync();
            await _service.DisposeAsync();
        }
    }

    /// <summary>A text of an example solution.</summary>
    public static string Example(string name) => File.ReadAllText(Path.Combine(Repository.Root, "prompts", "examples", name + ".cu"));

    /// <summary>Sends a body as it is.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string body, string? idempotencyKey = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>A submission that is accepted; its id.</summary>
    public async Task<Guid> SubmitAsync(string code = "__global__ void k() {}", string task = "activation/gelu")
    {
        using var response = await PostAsync("/api/v1/submissions", new JsonObject { ["task"] = task, ["code"] = code }.ToJsonString());
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize(text, ContractsJson.Default.Accepted)!.Id;
    }

    /// <summary>A problem: checks what every problem has.</summary>
    public static async Task<JsonObject> ProblemAsync(HttpResponseMessage response, int status)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"expected {status}, found {(int)response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(status, problem["status"]!.GetValue<int>());
        Assert.NotEmpty(problem["detail"]!.GetValue<string>());
        return problem;
    }

    /// <summary>How many rows a table has.</summary>
    public async Task<long> CountAsync(string table)
    {
        await using var command = Database.CreateCommand($"SELECT count(*) FROM {table}");
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Runs SQL on the rows.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
