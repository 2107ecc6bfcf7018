using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>
/// The steps table: what is to be done, and who may write about it. Quartz decides who runs a step; this decides whose result counts.
/// </summary>
internal sealed class StepStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Channel of <c>NOTIFY</c> for new work.</summary>
    public const string WorkChannel = "kf_work";

    /// <summary>Channel of <c>NOTIFY</c> for cancelled steps; the payload is the owner's id.</summary>
    public const string CancelChannel = "kf_cancel";

    /// <summary>Tries of a step before it is parked as failed: infrastructure only, a verdict is never tried again.</summary>
    public const int MostTries = 4;

    /// <summary>Puts a step in the queue, inside the transaction that makes its owner.</summary>
    public async Task EnqueueAsync(NpgsqlConnection connection, Guid id, string kind, Guid owner, int number, string group, int priority, CancellationToken cancellationToken)
    {
        await using NpgsqlBatch batch = new(connection) { BatchCommands = { Enqueue(id, kind, owner, number, group, priority) } };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await NotifyAsync(connection, WorkChannel, group, cancellationToken);
    }

    /// <summary>Puts a step in the queue as part of a batch; whoever sends it tells the workers afterwards.</summary>
    public NpgsqlBatchCommand Enqueue(Guid id, string kind, Guid owner, int number, string group, int priority)
    {
        NpgsqlBatchCommand command = new(
            """
            INSERT INTO steps (id, kind, owner_id, number, execution_group, priority, state, not_before, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $7)
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(kind);
        command.Parameters.AddWithValue(owner);
        command.Parameters.AddWithValue(number);
        command.Parameters.AddWithValue(group);
        command.Parameters.AddWithValue(priority);
        command.Parameters.AddWithValue(time.GetUtcNow());
        return command;
    }

    /// <summary>Takes a step with a new fence; null where it has ended. Whoever had it before can write no more.</summary>
    public async Task<StepClaim?> ClaimAsync(Guid id, string worker, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            UPDATE steps SET state = 'running', fence = nextval('fences'), tries = tries + 1, worker = $2, started_at = coalesce(started_at, $3)
            WHERE id = $1 AND state IN ('queued', 'running')
            RETURNING id, kind, owner_id, number, execution_group, priority, fence, tries
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(worker);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new StepClaim(
                reader.GetGuid(0), reader.GetString(1), reader.GetGuid(2), reader.GetInt32(3), reader.GetString(4), reader.GetInt32(5), reader.GetInt64(6), reader.GetInt32(7))
            : null;
    }

    /// <summary>
    /// Locks the step's row until the transaction ends. Every write of a worker comes after this, in the same transaction: a node that
    /// comes back late, and one whose step was cancelled, changes nothing.
    /// </summary>
    /// <exception cref="StepLostException">Its fence is no longer the latest, or it has ended.</exception>
    public static async Task CheckFenceAsync(NpgsqlConnection connection, StepClaim claim, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("SELECT 1 FROM steps WHERE id = $1 AND fence = $2 AND state = 'running' FOR UPDATE", connection);
        command.Parameters.AddWithValue(claim.Id);
        command.Parameters.AddWithValue(claim.Fence);
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
        {
            throw new StepLostException(claim.Id);
        }
    }

    /// <summary>Ends a step whose fence was checked in this transaction.</summary>
    public async Task FinishAsync(NpgsqlConnection connection, StepClaim claim, string state, string? failure, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("UPDATE steps SET state = $2, failure = $3, finished_at = $4 WHERE id = $1", connection);
        command.Parameters.AddWithValue(claim.Id);
        command.Parameters.AddWithValue(state);
        command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)failure ?? DBNull.Value);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives a step back, to be tried again after a delay that doubles.</summary>
    public async Task TryLaterAsync(StepClaim claim, string failure, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE steps SET state = 'queued', failure = $3, not_before = $4 WHERE id = $1 AND fence = $2 AND state = 'running'");
        command.Parameters.AddWithValue(claim.Id);
        command.Parameters.AddWithValue(claim.Fence);
        command.Parameters.AddWithValue(failure);
        command.Parameters.AddWithValue(time.GetUtcNow() + TimeSpan.FromSeconds(Math.Pow(2, claim.Tries - 1)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives a step back at once: this worker stops. The try does not count.</summary>
    public async Task GiveBackAsync(StepClaim claim, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "UPDATE steps SET state = 'queued', tries = tries - 1, worker = NULL WHERE id = $1 AND fence = $2 AND state = 'running'");
        command.Parameters.AddWithValue(claim.Id);
        command.Parameters.AddWithValue(claim.Fence);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether this process still may write about a step: what polling asks when a notification may have been missed.</summary>
    public async Task<bool> IsHeldAsync(StepClaim claim, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT 1 FROM steps WHERE id = $1 AND fence = $2 AND state = 'running'");
        command.Parameters.AddWithValue(claim.Id);
        command.Parameters.AddWithValue(claim.Fence);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>
    /// Accepted steps that no Quartz trigger stands for, the most urgent first: new ones, ones to be tried again, and ones whose trigger a crash lost.
    /// A trigger's name is its step's id; one that stands for a dead node's carries that name in its data.
    /// </summary>
    public async Task<IReadOnlyList<(Guid Id, string Group, int Priority)>> WithoutTriggerAsync(int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT s.id, s.execution_group, s.priority
            FROM steps s
            WHERE s.state IN ('queued', 'running') AND s.not_before <= $1
              AND NOT EXISTS (SELECT 1 FROM quartz.qrtz_triggers t WHERE t.sched_name = 'kernelforge' AND t.trigger_name = s.id::text AND t.trigger_group = 'steps')
              AND NOT EXISTS (
                SELECT 1 FROM quartz.qrtz_triggers r
                WHERE r.sched_name = 'kernelforge' AND r.trigger_group = 'RECOVERING_JOBS' AND position(s.id::text IN convert_from(r.job_data, 'UTF8')) > 0)
            ORDER BY s.priority DESC, s.created_at
            LIMIT $2
            """);
        command.Parameters.AddWithValue(time.GetUtcNow());
        command.Parameters.AddWithValue(most);
        List<(Guid, string, int)> steps = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            steps.Add((reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2)));
        }

        return steps;
    }

    /// <summary>
    /// Ends the open steps of a submission or run as cancelled, inside the caller's transaction, and tells the workers, who kill the child.
    /// The row locks make this wait for a result that is just being written, and a later result find the step gone.
    /// </summary>
    public async Task CancelAsync(NpgsqlConnection connection, Guid owner, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            "UPDATE steps SET state = 'cancelled', finished_at = $2 WHERE owner_id = $1 AND state IN ('queued', 'running')", connection);
        command.Parameters.AddWithValue(owner);
        command.Parameters.AddWithValue(time.GetUtcNow());
        await using NpgsqlCommand open = new("SELECT EXISTS (SELECT 1 FROM steps WHERE owner_id = $1 AND state IN ('queued', 'running'))", connection);
        open.Parameters.AddWithValue(owner);
        do
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (await open.ExecuteScalarAsync(cancellationToken) is true); // a round that was just being written has queued the next one, which the first look did not see

        await NotifyAsync(connection, CancelChannel, owner.ToString(), cancellationToken);
    }

    /// <summary>Tells every listening process, once the transaction has been committed.</summary>
    public static async Task NotifyAsync(NpgsqlConnection connection, string channel, string payload, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("SELECT pg_notify($1, $2)", connection);
        command.Parameters.AddWithValue(channel);
        command.Parameters.AddWithValue(payload);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
