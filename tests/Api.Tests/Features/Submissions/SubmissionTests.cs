using System.Net;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Submissions;

public sealed class SubmissionTests(RestService rest) : IClassFixture<RestService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_accepted_submission_is_queued_and_found_at_its_location()
    {
        using var response = await rest.PostAsync("/api/v1/submissions", """{"task":"activation/gelu","code":"__global__ void k() {}","preset":"small"}""");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var status = await FindAsync(response.Headers.Location!.ToString());
        Assert.Equal("queued", status.Status);
        Assert.Equal("activation/gelu", status.Task);
        Assert.Equal("small", status.Preset);
        Assert.Null(status.Outcome);
    }

    [Fact]
    public async Task A_task_is_found_by_its_KernelBench_number()
    {
        using var response = await rest.PostAsync("/api/v1/submissions", """{"task":"kernelbench:L1/26","code":"x"}""");

        Assert.Equal("activation/gelu", (await FindAsync(response.Headers.Location!.ToString())).Task);
    }

    [Fact]
    public async Task Cancelling_twice_is_no_error()
    {
        var id = await rest.SubmitAsync();

        Assert.Equal("cancelled", (await CancelAsync(id)).Status);
        Assert.Equal("cancelled", (await CancelAsync(id)).Status);
    }

    [Fact]
    public async Task Cancelling_what_has_finished_changes_nothing()
    {
        var id = await rest.SubmitAsync();
        await rest.ExecuteAsync($"UPDATE steps SET state = 'succeeded' WHERE owner_id = '{id}'; UPDATE submissions SET state = 'succeeded' WHERE id = '{id}'");

        Assert.Equal("succeeded", (await CancelAsync(id)).Status);
    }

    [Fact]
    public async Task Cancelling_the_unknown_is_a_404()
    {
        using var response = await rest.Http.DeleteAsync($"/api/v1/submissions/{Guid.NewGuid()}", Cancelled);

        await RestService.ProblemAsync(response, 404);
    }

    [Fact]
    public async Task Pages_of_the_list_hold_every_submission_once()
    {
        List<Guid> made = [];
        for (var i = 0; i < 5; i++)
        {
            made.Add(await rest.SubmitAsync($"// {i}"));
        }

        List<Guid> seen = [];
        string? cursor = null;
        do
        {
            var page = await PageAsync($"/api/v1/submissions?limit=2&cursor={cursor}");
            seen.AddRange(page.Items.Select(item => item.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Subset(seen.ToHashSet(), made.ToHashSet());
        Assert.Equal(seen.OrderDescending(), seen);
    }

    [Fact]
    public async Task A_list_of_one_state_holds_no_other()
    {
        await CancelAsync(await rest.SubmitAsync());
        await rest.SubmitAsync();

        Assert.All((await PageAsync("/api/v1/submissions?state=cancelled")).Items, item => Assert.Equal("cancelled", item.Status));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "200")]
    [InlineData("limit=many", "many")]
    [InlineData("cursor=nonsense", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("state=done", "queued")]
    [InlineData("stat=queued", "stat")]
    public async Task A_wrong_parameter_is_named(string query, string named)
    {
        using var response = await rest.Http.GetAsync($"/api/v1/submissions?{query}", Cancelled);

        var problem = await RestService.ProblemAsync(response, 400);
        Assert.Contains(named, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    private async Task<SubmissionStatus> FindAsync(string path) =>
        JsonSerializer.Deserialize(await rest.Http.GetStringAsync(path, Cancelled), ContractsJson.Default.SubmissionStatus)!;

    private async Task<Listing<SubmissionStatus>> PageAsync(string path) =>
        JsonSerializer.Deserialize(await rest.Http.GetStringAsync(path, Cancelled), ContractsJson.Default.ListingSubmissionStatus)!;

    private async Task<SubmissionStatus> CancelAsync(Guid id)
    {
        using var response = await rest.Http.DeleteAsync($"/api/v1/submissions/{id}", Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(Cancelled), ContractsJson.Default.SubmissionStatus)!;
    }
}
