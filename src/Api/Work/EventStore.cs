using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>One event of a submission or run.</summary>
/// <param name="Id">Increases along the stream: <c>Last-Event-ID</c>.</param>
/// <param name="Type">The JSON's <c>event</c>: <c>queued</c>, <c>round_started</c>, …</param>
/// <param name="Body">The JSON.</param>
internal sealed record StoredEvent(long Id, string Type, string Body);

/// <summary>What happened to submissions and runs, in order.</summary>
internal sealed class EventStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Channel of <c>NOTIFY</c> for events; the payload is the stream's id.</summary>
    public const string Channel = "kf_events";

    /// <summary>Adds events in the caller's transaction, which holds the lock of the stream's open step or makes the stream: so ids increase along it.</summary>
    public async Task AppendAsync(NpgsqlConnection connection, Guid stream, IReadOnlyList<(string Type, string Body)> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        await using NpgsqlBatch batch = new(connection);
        foreach (var (type, body) in events)
        {
            batch.BatchCommands.Add(Append(stream, type, body));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await StepStore.NotifyAsync(connection, Channel, stream.ToString(), cancellationToken);
    }

    /// <summary>Adds one event as part of a batch that makes the stream: nobody can be waiting for it yet.</summary>
    public NpgsqlBatchCommand Append(Guid stream, string type, string body)
    {
        NpgsqlBatchCommand command = new("INSERT INTO events (stream_id, type, body, created_at) VALUES ($1, $2, $3, $4)");
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(type);
        command.Parameters.AddWithValue(NpgsqlDbType.Json, body);
        command.Parameters.AddWithValue(time.GetUtcNow());
        return command;
    }

    /// <summary>Events of a stream after an id, at most <paramref name="most"/>.</summary>
    public async Task<IReadOnlyList<StoredEvent>> ReadAsync(Guid stream, long after, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id, type, body FROM events WHERE stream_id = $1 AND id > $2 ORDER BY id LIMIT $3");
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(most);
        List<StoredEvent> events = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new StoredEvent(reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        }

        return events;
    }
}
