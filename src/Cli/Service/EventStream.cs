using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace KernelForge.Cli.Service;

/// <summary>The events of a submission or run, from its first to its last. A connection that breaks is made again, and goes on after the last event that came.</summary>
internal static class EventStream
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Follows <c>runs/ID</c> or <c>submissions/ID</c> until its last event.</summary>
    /// <exception cref="CliException">The service refused, or was away for a minute.</exception>
    public static async IAsyncEnumerable<ServiceEvent> FollowAsync(
        ServiceClient client, string resource, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        var lastHeard = time.GetTimestamp();
        while (true)
        {
            await using var connection = await ConnectAsync(client, resource, after, () => time.GetElapsedTime(lastHeard) < Patience, cancellationToken);
            while (connection is not null && await connection.NextAsync(cancellationToken) is { } item)
            {
                lastHeard = time.GetTimestamp();
                after = item.EventId ?? after;
                ServiceEvent happened = new(item.EventType, item.Data);
                yield return happened;
                if (happened.IsLast)
                {
                    yield break;
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Connects; null where nobody answers and it is worth another try.</summary>
    private static async Task<Connection?> ConnectAsync(ServiceClient client, string resource, string? after, Func<bool> again, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"api/v1/{resource}/events", UriKind.Relative));
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        try
        {
            var answer = await client.OpenAsync(request, cancellationToken);
            return new Connection(answer, await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
        }
        catch (SilentServiceException) when (again())
        {
            return null;
        }
        catch (RefusedException refused) when ((int)refused.Status >= 500 && again())
        {
            return null;
        }
    }

    private sealed class Connection(HttpResponseMessage answer, Stream body, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> _items = SseParser.Create(body).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

        /// <summary>The next event; null where the connection has ended or broken.</summary>
        public async Task<SseItem<string>?> NextAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _items.MoveNextAsync() ? _items.Current : null;
            }
            catch (Exception error) when (error is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _items.DisposeAsync();
            answer.Dispose();
        }
    }
}
