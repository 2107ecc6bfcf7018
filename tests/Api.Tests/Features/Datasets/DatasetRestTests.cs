using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Api.Features.Datasets;
using KernelForge.Api.Tests.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Datasets;

public sealed class DatasetRestTests(RestService rest, ServiceFixture fixture) : IClassFixture<RestService>
{
    [Fact]
    public async Task An_export_is_ordered_made_and_fetched()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture, rest.ConnectionString);
        await attempts.AddAsync();

        var dataset = await MadeAsync("""{ "recipe": "all-correct", "format": "sft", "include": ["replay"], "gzip": false, "seed": 1, "validation_share": 0, "kind": "modelled" }""");

        Assert.Equal("succeeded", dataset.Status);
        var file = dataset.Manifest!.Files.Single(item => item.Rows is not null);
        using var fetched = await rest.Http.GetAsync($"/api/v1/datasets/{dataset.Id}/files/{file.Name}", TestContext.Current.CancellationToken);
        Assert.Equal(file.Bytes, (await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        Assert.Equal("application/jsonl", fetched.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"recipe\": \"all-correct\"", await rest.Http.GetStringAsync($"/api/v1/datasets/{dataset.Id}/files/manifest.json", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(DatasetVerifier.Verify(dataset.Folder).Problems);
        Directory.Delete(dataset.Folder, recursive: true);
    }

    [Theory]
    [InlineData("../manifest.json")]
    [InlineData("data/../../x")]
    [InlineData("..%2F..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("data")]
    public async Task A_name_that_the_manifest_does_not_have_is_no_file(string name)
    {
        var dataset = await MadeAsync("{}");

        using var response = await rest.Http.GetAsync(new Uri($"/api/v1/datasets/{dataset.Id}/files/{name}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Directory.Delete(dataset.Folder, recursive: true);
    }

    [Theory]
    [InlineData("""{ "recipe": "concure" }""", "recipe")]
    [InlineData("""{ "recipe": "concur", "recipe_parameters": { "speedup": 0 } }""", "recipe_parameters")]
    [InlineData("""{ "format": "parquet" }""", "format")]
    [InlineData("""{ "recipe": "preference", "format": "sft" }""", "format")]
    [InlineData("""{ "include": ["live"] }""", "include")]
    [InlineData("""{ "kind": "guessed" }""", "kind")]
    [InlineData("""{ "validation_share": 1 }""", "validation_share")]
    public async Task What_cannot_be_had_is_refused_with_the_field(string body, string field)
    {
        using var response = await rest.PostAsync("/api/v1/datasets", body);

        var problem = await RestService.ProblemAsync(response, 400);

        Assert.Equal(field, problem["field"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_export_whose_code_was_altered_fails_and_leaves_no_folder()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        // Not one of the suite's: the service would put the file's own verdict beside it when it starts.
        await attempts.AddAsync("activation/relu2");
        await attempts.ExecuteAsync("UPDATE solutions SET code = code || ' '");
        await using var service = await Service.StartAsync(fixture.Settings(attempts.ConnectionString, workers: 0), TestContext.Current.CancellationToken);
        using HttpClient http = new() { BaseAddress = new Uri(service.Addresses[0]) };

        var dataset = await MadeAsync("{}", http);

        Assert.Equal("failed", dataset.Status);
        Assert.Contains("the code measured has SHA-256", dataset.Failure, StringComparison.Ordinal);
        Assert.False(Directory.Exists(dataset.Folder));
    }

    [Fact]
    public async Task An_export_that_a_dead_process_was_making_is_made_again()
    {
        var id = Guid.CreateVersion7();
        var order = JsonSerializer.Serialize(new DatasetOrder(), ContractsJson.Default.DatasetOrder);
        await rest.ExecuteAsync($"INSERT INTO datasets (id, recipe, format, parameters, state, folder, created_at) VALUES ('{id}', 'all-correct', 'sft', '{order}', 'running', 'datasets/{id}', now())");

        var dataset = await EndOfAsync(id, rest.Http);

        Assert.Equal("succeeded", dataset.Status);
        Directory.Delete(dataset.Folder, recursive: true);
    }

    [Fact]
    public async Task Exports_are_listed_the_newest_first_page_by_page()
    {
        var older = await MadeAsync("{}");
        var newer = await MadeAsync("{}");

        var page = await rest.Http.GetFromJsonAsync("/api/v1/datasets?limit=1", ContractsJson.Default.ListingDatasetStatus, TestContext.Current.CancellationToken);
        var next = await rest.Http.GetFromJsonAsync($"/api/v1/datasets?limit=1&cursor={page!.NextCursor}", ContractsJson.Default.ListingDatasetStatus, TestContext.Current.CancellationToken);

        Assert.Equal(newer.Id, Assert.Single(page.Items).Id);
        Assert.Equal(older.Id, Assert.Single(next!.Items).Id);
        Directory.Delete(older.Folder, recursive: true);
        Directory.Delete(newer.Folder, recursive: true);
    }

    private async Task<DatasetStatus> MadeAsync(string body, HttpClient? http = null)
    {
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await (http ?? rest.Http).PostAsync(new Uri("/api/v1/datasets", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        var id = JsonNode.Parse(text)!["id"]!.GetValue<Guid>();
        Assert.Equal($"/api/v1/datasets/{id}", response.Headers.Location?.ToString());
        return await EndOfAsync(id, http ?? rest.Http);
    }

    private static async Task<DatasetStatus> EndOfAsync(Guid id, HttpClient http)
    {
        DatasetStatus? dataset = null;
        await WorkBench.UntilAsync(
            async () => (dataset = await http.GetFromJsonAsync($"/api/v1/datasets/{id}", ContractsJson.Default.DatasetStatus, TestContext.Current.CancellationToken))!.FinishedAt is not null,
            () => $"the export is still {dataset?.Status}",
            TimeSpan.FromSeconds(30));
        return dataset!;
    }
}
