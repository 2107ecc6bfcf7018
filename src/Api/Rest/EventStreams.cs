using System.Globalization;
using System.Text;
using KernelForge.Api.Work;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace KernelForge.Api.Rest;

/// <summary>
/// Sends what happens to a submission or run as server-sent events, until it has ended. Ids are those of the events table, so a client that
/// lost its connection goes on after <c>Last-Event-ID</c>.
/// </summary>
internal sealed class EventStreams(NpgsqlDataSource database, EventStore events, Notifications notifications, TimeProvider time, IHostApplicationLifetime host)
{
    /// <summary>Most clients at once.</summary>
    public const int MostClients = 64;

    private const int Batch = 20;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>A client that takes nothing for so long is let go.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int _clients;

    /// <summary>Answers with the events after the request's <c>Last-Event-ID</c>, or after an id.</summary>
    /// <param name="context">The request.</param>
    /// <param name="table"><c>submissions</c> or <c>runs</c>.</param>
    /// <param name="id">Which.</param>
    /// <param name="after">Where the client is; <c>Last-Event-ID</c> goes before it.</param>
    /// <exception cref="RefusedException">There is none of that id, or there are too many clients.</exception>
    public async Task SendAsync(HttpContext context, string table, Guid id, long? after)
    {
        var position = Position(context.Request, after);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        var state = await StateAsync(table, id, end.Token) ?? throw RefusedException.NotFound($"there is no {table.TrimEnd('s')} {id}");
        if (Interlocked.Increment(ref _clients) > MostClients)
        {
            Interlocked.Decrement(ref _clients);
            throw new RefusedException(StatusCodes.Status429TooManyRequests, $"{MostClients} clients read events now, the most there may be; try again in a few seconds, or ask GET /api/v1/{table}/{id}");
        }

        try
        {
            if (position > 0 && Lifecycle.IsFinal(state) && (await events.ReadAsync(id, position, 1, end.Token)).Count == 0)
            {
                // What makes a browser's EventSource stop asking again.
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await FollowAsync(context, table, id, position, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client went, or the service stops.
        }
        finally
        {
            Interlocked.Decrement(ref _clients);
        }
    }

    private async Task FollowAsync(HttpContext context, string table, Guid id, long position, CancellationToken end)
    {
        await WriteAsync(context, "retry: 2000\n\n", end);
        var quiet = time.GetTimestamp();
        while (true)
        {
            var batch = await events.ReadAsync(id, position, Batch, end);
            foreach (var happened in batch)
            {
                position = happened.Id;
                await WriteAsync(context, Text(happened), end);
                quiet = time.GetTimestamp();
                if (IsLast(happened.Type))
                {
                    return;
                }
            }

            if (batch.Count == Batch)
            {
                continue;
            }

            // An ended stream without a last event would keep its clients for ever.
            if (batch.Count == 0 && await StateAsync(table, id, end) is { } state && Lifecycle.IsFinal(state) && (await events.ReadAsync(id, position, 1, end)).Count == 0)
            {
                return;
            }

            await notifications.WaitAsync(EventStore.Channel, id.ToString(), Poll, end);
            if (time.GetElapsedTime(quiet) >= Heartbeat)
            {
                await WriteAsync(context, ": still there\n\n", end);
                quiet = time.GetTimestamp();
            }
        }
    }

    /// <summary>Writes and waits until the client has taken it, so that nothing piles up for one that never reads.</summary>
    private static async Task WriteAsync(HttpContext context, string text, CancellationToken end)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
        patience.CancelAfter(Patience);
        try
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), patience.Token);
            await context.Response.Body.FlushAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // What was not taken must not hold the connection open.
            context.Abort();
            end.ThrowIfCancellationRequested();
            throw new OperationCanceledException(end);
        }
    }

    private static string Text(StoredEvent happened) => $"id: {happened.Id}\nevent: {happened.Type}\ndata: {happened.Body.ReplaceLineEndings("\ndata: ")}\n\n";

    private static bool IsLast(string type) => type == "stopped" || Lifecycle.IsFinal(type);

    private static long Position(HttpRequest request, long? after)
    {
        var header = request.Headers["Last-Event-ID"].ToString();
        if (header.Length > 0)
        {
            return long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                ? last
                : throw RefusedException.Bad("Last-Event-ID", $"expected the id of an event, found '{header}'");
        }

        return after is null or >= 0 ? after ?? 0 : throw RefusedException.Bad("after", $"expected the id of an event, found {after}");
    }

    private async Task<string?> StateAsync(string table, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT state FROM {table} WHERE id = $1");
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }
}
