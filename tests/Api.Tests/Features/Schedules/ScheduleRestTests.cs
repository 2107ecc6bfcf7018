using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Tests.Features.Schedules;

public sealed class ScheduleRestTests(RestService rest) : IClassFixture<RestService>
{
    [Fact]
    public async Task A_schedule_is_made_shown_changed_run_and_deleted()
    {
        using var made = await rest.PostAsync("/api/v1/schedules", """{ "name": "nightly", "cron": "0 0 3 * * ?", "filter": { "platform": "sim", "category": "reduce" }, "tolerance": 0.1 }""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var address = made.Headers.Location!.ToString();
        var schedule = await rest.Http.GetFromJsonAsync(address, ContractsJson.Default.Schedule, TestContext.Current.CancellationToken);
        Assert.Equal(("nightly", "0 0 3 * * ?", "reduce", 0.1, 3), (schedule!.Name, schedule.Cron, schedule.Filter.Category, schedule.Tolerance, schedule.NextFireTimes.Count));

        using StringContent change = new("""{ "name": "weekly", "cron": "0 30 6 ? * MON" }""", Encoding.UTF8, "application/json");
        using var changed = await rest.Http.PutAsync(new Uri(address, UriKind.Relative), change, TestContext.Current.CancellationToken);
        Assert.Equal("weekly", (await changed.Content.ReadFromJsonAsync(ContractsJson.Default.Schedule, TestContext.Current.CancellationToken))!.Name);

        using var run = await rest.PostAsync($"{address}/run", "");
        Assert.Equal(HttpStatusCode.Accepted, run.StatusCode);
        var checks = await rest.Http.GetFromJsonAsync(run.Headers.Location!.ToString(), ContractsJson.Default.ScheduleChecks, TestContext.Current.CancellationToken);
        Assert.Equal(("finished", 0), (checks!.Batch!.Status, checks.Batch.Checks));

        using var deleted = await rest.Http.DeleteAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await RestService.ProblemAsync(await rest.Http.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken), 404);
    }

    [Theory]
    [InlineData("""{ "name": "x", "cron": "every day" }""", "cron", "'0 0 3 * * ?' is every day at 03:00")]
    [InlineData("""{ "name": "x", "cron": "0 0 25 * * ?" }""", "cron", "found '0 0 25 * * ?'")]
    [InlineData("""{ "name": "x", "cron": "0 0 3 1 1 ? 2020" }""", "cron", "never fires again")]
    [InlineData("""{ "name": "x", "cron": "* * * * * ?" }""", "cron", "more often than once a minute")]
    [InlineData("""{ "name": "", "cron": "0 0 3 * * ?" }""", "name", "expected 1 to")]
    [InlineData("""{ "name": "x", "cron": "0 0 3 * * ?", "tolerance": 1 }""", "tolerance", "from 0 to below 1")]
    [InlineData("""{ "name": "x", "cron": "0 0 3 * * ?", "filter": { "platform": "abacus" } }""", "platform", "found 'abacus'")]
    public async Task What_is_wrong_is_said_with_what_was_expected(string body, string field, string message)
    {
        using var response = await rest.PostAsync("/api/v1/schedules", body);

        var problem = await RestService.ProblemAsync(response, 400);

        Assert.Equal(field, problem["field"]!.GetValue<string>());
        Assert.Contains(message, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_given_once()
    {
        using var first = await rest.PostAsync("/api/v1/schedules", """{ "name": "twice", "cron": "0 0 3 * * ?" }""");
        using var second = await rest.PostAsync("/api/v1/schedules", """{ "name": "twice", "cron": "0 0 4 * * ?" }""");

        JsonObject problem = await RestService.ProblemAsync(second, 409);

        Assert.Equal("name", problem["field"]!.GetValue<string>());
    }
}
