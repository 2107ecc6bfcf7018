using System.Text.Json;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Schedules;

/// <summary>Queues the winners of a schedule's board to be judged again: one batch, one transaction.</summary>
internal sealed class ScheduleRunner(NpgsqlDataSource database, StepStore steps, EventStore events, OwnerStore owners, TimeProvider time)
{
    /// <summary>Background work: whatever people wait for runs first.</summary>
    private const int Priority = -10;

    // The winner of each task and class (design §7). Where a task's file has changed since, nothing stands on its board yet: then the winner of
    // the version before is judged against the task as it is now. Of several evaluation versions the latest that has a winner counts.
    private const string Winners =
        """
        SELECT DISTINCT ON (b.task, b.platform, b.device, b.kind, b.precision, b.uses_library, b.prepared)
            b.evaluation_id, t.sha256, b.solution_sha256, b.platform, b.device, b.latency_ms, b.model, b.strategy
        FROM standing b
        JOIN tasks t ON t.name = b.task AND t.current AND t.ranked IS DISTINCT FROM false
        WHERE ($1 IS NULL OR b.platform = $1) AND ($2 IS NULL OR b.device = $2) AND ($3 IS NULL OR b.category = $3) AND ($4 IS NULL OR b.task = $4)
        ORDER BY b.task, b.platform, b.device, b.kind, b.precision, b.uses_library, b.prepared,
            b.current DESC, max(b.created_at) OVER (PARTITION BY b.task_sha256, b.platform, b.device, b.evaluation_version) DESC, b.latency_ms, b.created_at, b.evaluation_id
        """;

    /// <summary>Queues a batch.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="batch">The batch's id: a batch that exists is not made twice.</param>
    /// <param name="waitForLast">Do nothing while verdicts of an earlier batch are missing.</param>
    /// <param name="cancellationToken">Ends the wait; what is committed stays.</param>
    /// <returns>Winners queued; null where there is no such schedule, or nothing was done.</returns>
    public async Task<int?> StartAsync(Guid schedule, Guid batch, bool waitForLast, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FilterAsync(connection, schedule, cancellationToken) is not { } filter || await IsDoneAsync(connection, schedule, batch, waitForLast, cancellationToken))
        {
            return null;
        }

        var winners = await WinnersAsync(connection, filter, cancellationToken);
        if (winners.Count > 0)
        {
            await using NpgsqlBatch rows = new(connection);
            foreach (var winner in winners)
            {
                Queue(rows, schedule, batch, winner);
            }

            await rows.ExecuteNonQueryAsync(cancellationToken);
            foreach (var platform in winners.Select(winner => winner.Platform).Distinct(StringComparer.Ordinal))
            {
                await StepStore.NotifyAsync(connection, StepStore.WorkChannel, platform, cancellationToken);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return winners.Count;
    }

    /// <summary>Locks the schedule until the transaction ends, so that its batches come one after another.</summary>
    private static async Task<ScheduleFilter?> FilterAsync(NpgsqlConnection connection, Guid schedule, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("SELECT filter FROM schedules WHERE id = $1 AND deleted_at IS NULL FOR UPDATE", connection);
        command.Parameters.AddWithValue(schedule);
        return await command.ExecuteScalarAsync(cancellationToken) is string filter ? JsonSerializer.Deserialize(filter, ContractsJson.Default.ScheduleFilter) : null;
    }

    private static async Task<bool> IsDoneAsync(NpgsqlConnection connection, Guid schedule, Guid batch, bool waitForLast, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            "SELECT EXISTS (SELECT 1 FROM schedule_checks WHERE schedule_id = $1 AND (batch_id = $2 OR ($3 AND verdict = 'pending')))", connection);
        command.Parameters.AddWithValue(schedule);
        command.Parameters.AddWithValue(batch);
        command.Parameters.AddWithValue(waitForLast);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<List<Winner>> WinnersAsync(NpgsqlConnection connection, ScheduleFilter filter, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(Winners, connection);
        foreach (var value in (string?[])[filter.Platform, filter.Device, filter.Category, filter.Task])
        {
            command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)value ?? DBNull.Value);
        }

        List<Winner> winners = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            winners.Add(new Winner(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetDouble(5), Text(6), Text(7)));
        }

        return winners;
    }

    private void Queue(NpgsqlBatch rows, Guid schedule, Guid batch, Winner winner)
    {
        var submission = Guid.CreateVersion7();
        var now = time.GetUtcNow();
        NpgsqlBatchCommand judge = new(
            """
            INSERT INTO submissions (id, task_sha256, solution_sha256, platform, device, origin, model, strategy, state, created_at)
            VALUES ($1, $2, $3, $4, $5, 'schedule', $6, $7, 'queued', $8)
            """);
        judge.Parameters.AddWithValue(submission);
        judge.Parameters.AddWithValue(winner.TaskSha256);
        judge.Parameters.AddWithValue(winner.SolutionSha256);
        judge.Parameters.AddWithValue(winner.Platform);
        judge.Parameters.AddWithValue(winner.Device);
        judge.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)winner.Model ?? DBNull.Value);
        judge.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)winner.Strategy ?? DBNull.Value);
        judge.Parameters.AddWithValue(now);
        rows.BatchCommands.Add(judge);
        NpgsqlBatchCommand check = new(
            """
            INSERT INTO schedule_checks (id, schedule_id, batch_id, submission_id, old_evaluation_id, old_latency_ms, verdict, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7)
            """);
        check.Parameters.AddWithValue(Guid.CreateVersion7());
        check.Parameters.AddWithValue(schedule);
        check.Parameters.AddWithValue(batch);
        check.Parameters.AddWithValue(submission);
        check.Parameters.AddWithValue(winner.EvaluationId);
        check.Parameters.AddWithValue(winner.LatencyMs);
        check.Parameters.AddWithValue(now);
        rows.BatchCommands.Add(check);
        var (type, body) = owners.Event(Lifecycle.Queued, submission);
        rows.BatchCommands.Add(events.Append(submission, type, body));
        rows.BatchCommands.Add(steps.Enqueue(Guid.CreateVersion7(), "evaluation", submission, 0, winner.Platform, Priority));
    }

    private sealed record Winner(Guid EvaluationId, string TaskSha256, string SolutionSha256, string Platform, string Device, double LatencyMs, string? Model, string? Strategy);
}
