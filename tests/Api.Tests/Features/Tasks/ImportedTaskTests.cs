using System.Text.Json;
using System.Text.Json.Nodes;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Tests.Features.Tasks;

public sealed class ImportedTaskTests(ImportedService imported) : IClassFixture<ImportedService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "activation/gelu imported/level1/26_GELU_ imported/level3/9_Net matmul/square reduce/sum")]
    [InlineData("category=level1", "imported/level1/26_GELU_")]
    [InlineData("level=1", "activation/gelu imported/level1/26_GELU_")]
    [InlineData("level=3", "imported/level3/9_Net")]
    [InlineData("verdict=ranked", "activation/gelu")]
    [InlineData("verdict=unranked", "matmul/square")]
    [InlineData("verdict=unaudited&origin=imported", "imported/level1/26_GELU_ imported/level3/9_Net")]
    [InlineData("precision=tf32", "matmul/square")]
    [InlineData("origin=kernelbench", "activation/gelu")]
    [InlineData("difficulty=hard&category=", "matmul/square")]
    [InlineData("difficulty=hard&level=1", "")]
    public async Task The_page_shows_the_tasks_that_have_all_that_is_wanted(string query, string expected)
    {
        var page = await imported.Http.GetStringAsync("/tasks?" + query, Cancelled);

        var shown = page.Split("data-label=\"Task\"><a href=\"/tasks/").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]);
        Assert.Equal(expected, string.Join(' ', shown));
    }

    [Fact]
    public async Task The_page_keeps_what_was_chosen_and_says_what_is_known()
    {
        var page = await imported.Http.GetStringAsync("/tasks?precision=tf32&category=moon", Cancelled);

        Assert.Contains("<option value=\"tf32\" selected>", page, StringComparison.Ordinal);
        Assert.Contains("There is no category &#x27;moon&#x27;; known: activation, level1, level3, matmul, reduce.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wanted_is_never_part_of_the_page_unescaped() =>
        Assert.DoesNotContain("<script>alert", await imported.Http.GetStringAsync("/tasks?origin=%3Cscript%3Ealert(1)%3C/script%3E", Cancelled), StringComparison.Ordinal);

    [Fact]
    public async Task Rest_and_the_page_show_an_imported_task_by_its_name()
    {
        var task = JsonSerializer.Deserialize(await imported.Http.GetStringAsync("/api/v1/tasks/imported/level3/9_Net", Cancelled), ContractsJson.Default.ServiceTask)!;

        Assert.Equal(("imported/level3/9_Net", "level3", "imported", "L3/9"), (task.Name, task.Category, task.Origin, task.Kernelbench));
        Assert.Contains("imported/level3/9_Net", await imported.Http.GetStringAsync("/tasks/imported/level3/9_Net", Cancelled), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kernelbench:L1/26", "activation/gelu")]
    [InlineData("kernelbench:L3/9", "imported/level3/9_Net")]
    public async Task A_number_means_our_own_task_and_the_imported_one_where_there_is_none(string asked, string expected)
    {
        using StringContent order = new(new JsonObject { ["task"] = asked, ["code"] = "x" }.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        using var response = await imported.Http.PostAsync("/api/v1/submissions", order, Cancelled);

        var submission = JsonNode.Parse(await imported.Http.GetStringAsync(response.Headers.Location!, Cancelled))!;
        Assert.Equal(expected, submission["task"]!.GetValue<string>());
    }
}
