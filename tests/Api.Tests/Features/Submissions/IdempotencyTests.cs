using System.Net;
using System.Text.Json;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Tests.Features.Submissions;

public sealed class IdempotencyTests(RestService rest) : IClassFixture<RestService>
{
    private const string Path = "/api/v1/submissions";
    private const string Order = """{"task":"activation/gelu","code":"__global__ void once() {}"}""";

    [Fact]
    public async Task The_same_key_and_body_are_answered_the_same()
    {
        using var first = await rest.PostAsync(Path, Order, "same");
        using var second = await rest.PostAsync(Path, """{ "code": "__global__ void once() {}", "task": "activation/gelu" }""", "same");

        Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
        Assert.Equal(await IdAsync(first), await IdAsync(second));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_a_conflict()
    {
        using var first = await rest.PostAsync(Path, Order, "other");
        using var second = await rest.PostAsync(Path, """{"task":"activation/gelu","code":"__global__ void another() {}"}""", "other");

        var problem = await RestService.ProblemAsync(second, 409);
        Assert.Contains((await IdAsync(first)).ToString(), problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_many_at_once_with_one_key_one_is_made_and_all_get_its_id()
    {
        var before = await rest.CountAsync("submissions");

        var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var response = await rest.PostAsync(Path, Order, "at-once");
            return await IdAsync(response);
        }));

        Assert.Single(ids.Distinct());
        Assert.Equal(before + 1, await rest.CountAsync("submissions"));
    }

    [Fact]
    public async Task A_refused_order_leaves_its_key_free()
    {
        using var refused = await rest.PostAsync(Path, """{"task":"no/such","code":"x"}""", "free");
        using var accepted = await rest.PostAsync(Path, Order, "free");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
    }

    [Fact]
    public async Task The_answer_to_a_repeated_request_says_how_far_it_has_come()
    {
        using var first = await rest.PostAsync(Path, Order, "later");
        using var cancel = await rest.Http.DeleteAsync(first.Headers.Location, TestContext.Current.CancellationToken);
        using var second = await rest.PostAsync(Path, Order, "later");

        var accepted = JsonSerializer.Deserialize(await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), ContractsJson.Default.Accepted)!;
        Assert.Equal("cancelled", accepted.Status);
    }

    [Fact]
    public async Task A_key_beyond_its_length_is_refused()
    {
        using var response = await rest.PostAsync(Path, Order, new string('k', 201));

        var problem = await RestService.ProblemAsync(response, 400);
        Assert.Contains("200", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private static async Task<Guid> IdAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, text);
        return JsonSerializer.Deserialize(text, ContractsJson.Default.Accepted)!.Id;
    }
}
