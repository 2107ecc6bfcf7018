using System.Security.Cryptography;
using KernelForge.Api.Rest;
using KernelForge.Contracts.Service;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>An <c>Idempotency-Key</c> and what it was sent with.</summary>
/// <param name="Key">1 to 200 printable ASCII characters.</param>
/// <param name="Body">The order, as JSON.</param>
internal sealed record IdempotentRequest(string Key, byte[] Body)
{
    private const int MostLength = 200;

    /// <summary>Checks a key.</summary>
    /// <exception cref="RefusedException">It is too long, or not printable ASCII.</exception>
    public static string Checked(string key) => key.Length is >= 1 and <= MostLength && key.All(character => character is >= ' ' and <= '~')
        ? key
        : throw RefusedException.Bad("Idempotency-Key", $"expected 1 to {MostLength} printable ASCII characters, found {key.Length}");

    /// <summary>What tells two bodies apart.</summary>
    public string BodySha256 => Convert.ToHexStringLower(SHA256.HashData(Body));
}

/// <summary>
/// Accepts work: its rows, its <c>queued</c> event, its first step and the idempotency key are one transaction and, without a key, one round
/// trip. Once this returns no crash loses it.
/// </summary>
internal sealed class Acceptance(NpgsqlDataSource database, OwnerStore owners, EventStore events, StepStore steps, WorkBell bell, TimeProvider time)
{
    /// <summary>Writes it.</summary>
    /// <param name="table"><c>submissions</c> or <c>runs</c>.</param>
    /// <param name="id">Its new id.</param>
    /// <param name="kind">Kind of its first step.</param>
    /// <param name="group">Which workers may run it.</param>
    /// <param name="rows">Its own rows.</param>
    /// <param name="request">The key it came with; null: none.</param>
    /// <param name="cancellationToken">Ends the wait; what is committed stays.</param>
    /// <exception cref="RefusedException">The key was used for another body.</exception>
    public async Task<Accepted> WriteAsync(
        string table, Guid id, string kind, string group, IReadOnlyList<NpgsqlBatchCommand> rows, IdempotentRequest? request, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (request is null)
        {
            // A batch without a transaction of its own is one: PostgreSQL commits at its end.
            await SendAsync(connection, id, kind, group, rows, cancellationToken);
        }
        else
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await TakeKeyAsync(connection, table, id, request, cancellationToken) is { } before)
            {
                return before;
            }

            await SendAsync(connection, id, kind, group, rows, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        bell.Ring(group);
        return new Accepted { Id = id, Status = Lifecycle.Queued };
    }

    private async Task SendAsync(NpgsqlConnection connection, Guid id, string kind, string group, IReadOnlyList<NpgsqlBatchCommand> rows, CancellationToken cancellationToken)
    {
        await using NpgsqlBatch batch = new(connection);
        foreach (var row in rows)
        {
            batch.BatchCommands.Add(row);
        }

        var (type, body) = owners.Event(Lifecycle.Queued, id);
        batch.BatchCommands.Add(events.Append(id, type, body));
        batch.BatchCommands.Add(steps.Enqueue(Guid.CreateVersion7(), kind, id, 0, group, 0));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the key; what was answered before where it is taken. Of two requests at once the second waits here for the first.</summary>
    private async Task<Accepted?> TakeKeyAsync(NpgsqlConnection connection, string table, Guid id, IdempotentRequest request, CancellationToken cancellationToken)
    {
        await using (NpgsqlCommand take = new(
            "INSERT INTO idempotency_keys (key, operation, body_sha256, resource_id, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", connection))
        {
            take.Parameters.AddWithValue(request.Key);
            take.Parameters.AddWithValue(table);
            take.Parameters.AddWithValue(request.BodySha256);
            take.Parameters.AddWithValue(id);
            take.Parameters.AddWithValue(time.GetUtcNow());
            if (await take.ExecuteNonQueryAsync(cancellationToken) == 1)
            {
                return null;
            }
        }

        await using NpgsqlCommand find = new(
            $"SELECT k.body_sha256, o.id, o.state FROM idempotency_keys k JOIN {table} o ON o.id = k.resource_id WHERE k.key = $1 AND k.operation = $2", connection);
        find.Parameters.AddWithValue(request.Key);
        find.Parameters.AddWithValue(table);
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetString(0) == request.BodySha256
            ? new Accepted { Id = reader.GetGuid(1), Status = reader.GetString(2) }
            : throw new RefusedException(
                StatusCodes.Status409Conflict, $"Idempotency-Key '{request.Key}' was sent before with another body, which made {table}/{reader.GetGuid(1)}; use a new key for a new request", "Idempotency-Key");
    }
}
