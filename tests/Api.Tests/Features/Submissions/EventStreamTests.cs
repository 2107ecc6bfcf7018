using System.Net;
using System.Net.Sockets;
using System.Text;
using KernelForge.Api.Rest;
using Microsoft.Extensions.DependencyInjection;

namespace KernelForge.Api.Tests.Features.Submissions;

public sealed class EventStreamTests(RestService rest, ServiceFixture fixture) : IClassFixture<RestService>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_begins_with_queued_and_ends_with_the_end()
    {
        var id = await rest.SubmitAsync();
        var reading = EventsAsync(id);
        await CancelAsync(id);

        Assert.Equal(["queued", "cancelled"], (await reading).Select(happened => happened.Type));
    }

    [Fact]
    public async Task A_stream_resumes_after_the_last_event_that_was_seen()
    {
        var id = await rest.SubmitAsync();
        await CancelAsync(id);
        var all = await EventsAsync(id);

        var rest1 = await EventsAsync(id, lastEventId: all[0].Id);
        var rest2 = await EventsAsync(id, query: $"?after={all[0].Id}");

        Assert.Equal(["cancelled"], rest1.Select(happened => happened.Type));
        Assert.Equal(["cancelled"], rest2.Select(happened => happened.Type));
    }

    [Fact]
    public async Task Who_has_seen_the_end_is_told_to_stop_asking()
    {
        var id = await rest.SubmitAsync();
        await CancelAsync(id);
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/submissions/{id}/events");
        request.Headers.Add("Last-Event-ID", (await EventsAsync(id))[^1].Id);

        using var response = await rest.Http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task An_event_comes_while_the_client_waits()
    {
        var id = await rest.SubmitAsync();
        await using var stream = await rest.Http.GetStreamAsync($"/api/v1/submissions/{id}/events", Cancelled);
        using StreamReader reader = new(stream);
        await UntilAsync(reader, "event: queued");

        await CancelAsync(id);

        await UntilAsync(reader, "event: cancelled").WaitAsync(TimeSpan.FromSeconds(10), Cancelled);
    }

    [Theory]
    [InlineData("Last-Event-ID", "latest", "")]
    [InlineData("X-None", "", "?after=-1")]
    public async Task A_position_that_is_none_is_refused(string header, string value, string query)
    {
        var id = await rest.SubmitAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/submissions/{id}/events{query}");
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await rest.Http.SendAsync(request, Cancelled);

        await RestService.ProblemAsync(response, 400);
    }

    [Fact]
    public async Task Clients_beyond_the_limit_are_told_to_come_back()
    {
        var id = await rest.SubmitAsync();
        List<HttpResponseMessage> readers = [];
        for (var i = 0; i < EventStreams.MostClients; i++)
        {
            readers.Add(await rest.Http.GetAsync($"/api/v1/submissions/{id}/events", HttpCompletionOption.ResponseHeadersRead, Cancelled));
        }

        using var refused = await rest.Http.GetAsync($"/api/v1/submissions/{id}/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);

        await RestService.ProblemAsync(refused, 429);
        Assert.NotNull(refused.Headers.RetryAfter);
        await CancelAsync(id);
        foreach (var reader in readers)
        {
            // To its end: the next test finds all places free.
            await reader.Content.ReadAsStringAsync(Cancelled);
            reader.Dispose();
        }
    }

    [Fact]
    public async Task A_client_that_never_reads_holds_neither_memory_nor_the_end_of_the_service()
    {
        var connectionString = await fixture.NewDatabaseAsync();
        var service = await Service.StartAsync(fixture.Settings(connectionString, workers: 0), Cancelled);
        Uri address = new(service.Addresses[0]);
        var id = await LongStreamAsync(service);
        using TcpClient deaf = new() { ReceiveBufferSize = 4096 };
        await deaf.ConnectAsync(address.Host, address.Port, Cancelled);
        await deaf.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/v1/submissions/{id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancelled);
        await deaf.GetStream().ReadExactlyAsync(new byte[100], Cancelled);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var stopping = service.DisposeAsync().AsTask();
        await stopping.WaitAsync(TimeSpan.FromSeconds(15), Cancelled);

        Assert.InRange(before, 0, 200_000_000);
    }

    /// <summary>A submission with 100 MB of events.</summary>
    private static async Task<Guid> LongStreamAsync(Service service)
    {
        var database = service.Parts.GetRequiredService<Npgsql.NpgsqlDataSource>();
        var accepted = await service.Parts.GetRequiredService<Api.Features.Submissions.Intake>().AcceptAsync(new() { Task = "activation/gelu", Code = "x" }, null, Cancelled);
        await using var command = database.CreateCommand(
            "INSERT INTO events (stream_id, type, body, created_at) SELECT $1, 'noise', to_json(repeat('x', 100000)), now() FROM generate_series(1, 1000)");
        command.Parameters.AddWithValue(accepted.Id);
        await command.ExecuteNonQueryAsync(Cancelled);
        return accepted.Id;
    }

    private async Task CancelAsync(Guid id)
    {
        using var response = await rest.Http.DeleteAsync($"/api/v1/submissions/{id}", Cancelled);
        response.EnsureSuccessStatusCode();
    }

    private static async Task UntilAsync(StreamReader reader, string line)
    {
        while (await reader.ReadLineAsync(Cancelled) is { } read && read != line)
        {
        }
    }

    private async Task<List<(string Id, string Type)>> EventsAsync(Guid id, string? lastEventId = null, string query = "")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"/api/v1/submissions/{id}/events{query}");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var response = await rest.Http.SendAsync(request, Cancelled);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var blocks = (await response.Content.ReadAsStringAsync(Cancelled)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        return [.. blocks.Where(block => block.StartsWith("id: ", StringComparison.Ordinal)).Select(block => block.Split('\n')).Select(lines => (lines[0][4..], lines[1]["event: ".Length..]))];
    }
}
