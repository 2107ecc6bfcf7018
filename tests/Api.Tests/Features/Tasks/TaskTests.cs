using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Tasks;

public sealed class TaskTests(RestService rest) : IClassFixture<RestService>
{
    private const string Source = "import torch.nn as nn\nPRESETS = {\"small\": {\"N\": 3}, \"tiny\": {\"N\": 2}}\nN = 7\nclass Model(nn.Module):\n    pass\ndef get_inputs():\n    return []\ndef get_init_inputs():\n    return []\n";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_suite_is_listed_by_name_and_page()
    {
        var first = await PageAsync("/api/v1/tasks?limit=3");
        var second = await PageAsync($"/api/v1/tasks?limit=3&cursor={first.NextCursor}");

        Assert.Equal(3, first.Items.Count);
        Assert.All(first.Items, task => Assert.Null(task.Source));
        Assert.True(string.CompareOrdinal(first.Items[^1].Name, second.Items[0].Name) < 0);
    }

    [Fact]
    public async Task A_category_is_listed_alone() =>
        Assert.All((await PageAsync("/api/v1/tasks?category=activation")).Items, task => Assert.StartsWith("activation/", task.Name, StringComparison.Ordinal));

    [Fact]
    public async Task A_task_comes_with_its_text()
    {
        var task = await FindAsync("activation/gelu");

        Assert.Contains("class Model", task.Source, StringComparison.Ordinal);
        Assert.Equal(Rows.Hash(task.Source!), task.Sha256);
    }

    [Fact]
    public async Task An_unknown_task_is_told_which_are_near()
    {
        using var response = await rest.Http.GetAsync("/api/v1/tasks/activation/gelo", Cancelled);

        var problem = await RestService.ProblemAsync(response, 404);
        Assert.Contains("activation/gelu", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_task_is_there_at_once_and_does_not_rank()
    {
        using var response = await PostAsync("mine/first", Source);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var task = await FindAsync("mine/first");
        Assert.Equal(("user", "mine", null), (task.Origin, task.Category, task.Ranked));
        Assert.Equal(["small", "tiny"], task.Presets);
        await rest.SubmitAsync(task: "mine/first");
    }

    [Fact]
    public async Task A_new_text_of_a_task_is_its_current_version()
    {
        using var first = await PostAsync("versions", Source + "# 1\n");
        using var second = await PostAsync("versions", Source + "# 2\n");

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.EndsWith("# 2\n", (await FindAsync("versions")).Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_the_suite_is_a_conflict()
    {
        using var response = await PostAsync("activation/gelu", Source + "# suite\n");

        await RestService.ProblemAsync(response, 409);
    }

    [Fact]
    public async Task The_text_of_another_task_is_a_conflict()
    {
        using var response = await PostAsync("mine/copy", (await FindAsync("activation/gelu")).Source!);

        await RestService.ProblemAsync(response, 409);
        Assert.Equal("activation/gelu", (await FindAsync("activation/gelu")).Name);
    }

    [Theory]
    [InlineData("", Source, "name: ")]
    [InlineData("../escape", Source, "name: ")]
    [InlineData("a/b/c", Source, "name: ")]
    [InlineData("<script>", Source, "name: ")]
    [InlineData("mine/empty", "", "source: ")]
    [InlineData("mine/no-model", "def get_inputs(): pass", "class Model")]
    [InlineData("mine/no-inputs", "class Model: pass", "get_inputs")]
    [InlineData("mine/nul", "class Model: pass\ndef get_inputs(): pass\0", "NUL")]
    public async Task A_bad_task_is_told_what_is_wrong(string name, string source, string named)
    {
        using var response = await PostAsync(name, source);

        var problem = await RestService.ProblemAsync(response, 400);
        Assert.Contains(named, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_above_a_mebibyte_is_refused()
    {
        using var response = await PostAsync("mine/large", Source + new string('#', 1024 * 1024));

        await RestService.ProblemAsync(response, 413);
    }

    private Task<HttpResponseMessage> PostAsync(string name, string source) => rest.PostAsync("/api/v1/tasks", new JsonObject { ["name"] = name, ["source"] = source }.ToJsonString());

    private async Task<ServiceTask> FindAsync(string name) => JsonSerializer.Deserialize(await rest.Http.GetStringAsync($"/api/v1/tasks/{name}", Cancelled), ContractsJson.Default.ServiceTask)!;

    private async Task<Listing<ServiceTask>> PageAsync(string path) => JsonSerializer.Deserialize(await rest.Http.GetStringAsync(path, Cancelled), ContractsJson.Default.ListingServiceTask)!;
}
