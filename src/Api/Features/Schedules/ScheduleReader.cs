using System.Text.Json;
using KernelForge.Api.Rest;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Schedules;

/// <summary>Schedules and what they found.</summary>
internal sealed class ScheduleReader(NpgsqlDataSource database, TimeProvider time)
{
    private const int NextTimes = 3;

    // $1: one schedule, or all. The latest batch of each, counted.
    private const string Schedules =
        """
        SELECT s.id, s.name, s.cron, s.filter, s.tolerance, s.created_at, last.batch_id
        FROM schedules s
        LEFT JOIN LATERAL (SELECT c.batch_id FROM schedule_checks c WHERE c.schedule_id = s.id ORDER BY c.created_at DESC, c.id DESC LIMIT 1) last ON true
        WHERE s.deleted_at IS NULL AND ($1 IS NULL OR s.id = $1)
        ORDER BY s.name
        """;

    private const string Batch =
        """
        SELECT count(*), count(*) FILTER (WHERE verdict = 'pending'), count(*) FILTER (WHERE verdict IN ('slower', 'broken', 'failed')), min(created_at), max(finished_at)
        FROM schedule_checks WHERE schedule_id = $1 AND batch_id = $2
        """;

    private const string Checks =
        """
        SELECT c.id, c.batch_id, t.name, u.solution_sha256, u.platform, u.device, c.verdict, c.old_latency_ms, c.new_latency_ms, c.message, c.old_evaluation_id, c.submission_id,
            c.created_at, c.finished_at
        FROM schedule_checks c
        JOIN submissions u ON u.id = c.submission_id
        JOIN tasks t ON t.sha256 = u.task_sha256
        WHERE c.schedule_id = $1 AND ($2 IS NULL OR c.batch_id = $2) AND ($3 IS NULL OR c.id < $3)
        ORDER BY c.id DESC
        LIMIT $4
        """;

    /// <summary>A schedule that was not deleted; null where there is none.</summary>
    public async Task<Schedule?> FindAsync(Guid id, CancellationToken cancellationToken) => (await ReadAsync(id, cancellationToken)).SingleOrDefault();

    /// <summary>Every schedule, by name.</summary>
    public Task<List<Schedule>> ListAsync(CancellationToken cancellationToken) => ReadAsync(null, cancellationToken);

    /// <summary>How far a batch has come.</summary>
    public async Task<ScheduleBatch> BatchAsync(Guid schedule, Guid batch, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Batch);
        command.Parameters.AddWithValue(schedule);
        command.Parameters.AddWithValue(batch);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var pending = (int)reader.GetInt64(1);
        return new ScheduleBatch
        {
            Id = batch,
            ScheduleId = schedule,
            Status = pending > 0 ? "running" : "finished",
            Checks = (int)reader.GetInt64(0),
            Pending = pending,
            Regressions = (int)reader.GetInt64(2),
            CreatedAt = reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
            FinishedAt = pending > 0 || reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
        };
    }

    /// <summary>Checks, the latest first; of one batch, or all.</summary>
    public async Task<ScheduleChecks> ChecksAsync(Guid schedule, Guid? batch, Guid? before, int most, CancellationToken cancellationToken)
    {
        // The batch first: once it says finished, the checks read after it are.
        var whole = batch is { } id ? await BatchAsync(schedule, id, cancellationToken) : null;
        List<ScheduleCheck> items = [];
        await using (var command = database.CreateCommand(Checks))
        {
            command.Parameters.AddWithValue(schedule);
            command.Parameters.AddWithValue(NpgsqlDbType.Uuid, (object?)batch ?? DBNull.Value);
            command.Parameters.AddWithValue(NpgsqlDbType.Uuid, (object?)before ?? DBNull.Value);
            command.Parameters.AddWithValue(most + 1);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                items.Add(Check(reader));
            }
        }

        return new ScheduleChecks
        {
            Batch = whole,
            Items = [.. items.Take(most)],
            NextCursor = items.Count > most ? Paging.Cursor(items[most - 1].Id.ToString()) : null,
        };
    }

    private static ScheduleCheck Check(NpgsqlDataReader row)
    {
        var (old, fresh) = (row.GetDouble(7), row.IsDBNull(8) ? (double?)null : row.GetDouble(8));
        return new ScheduleCheck
        {
            Id = row.GetGuid(0),
            BatchId = row.GetGuid(1),
            Task = row.GetString(2),
            SolutionSha256 = row.GetString(3),
            Platform = row.GetString(4),
            Device = row.IsDBNull(5) ? null : row.GetString(5),
            Verdict = row.GetString(6),
            OldLatencyMs = old,
            NewLatencyMs = fresh,
            Ratio = fresh / old,
            Message = row.IsDBNull(9) ? null : row.GetString(9),
            OldEvaluationId = row.GetGuid(10),
            SubmissionId = row.GetGuid(11),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(12),
            FinishedAt = row.IsDBNull(13) ? null : row.GetFieldValue<DateTimeOffset>(13),
        };
    }

    private async Task<List<Schedule>> ReadAsync(Guid? id, CancellationToken cancellationToken)
    {
        List<(Schedule Schedule, Guid? Last)> read = [];
        await using (var command = database.CreateCommand(Schedules))
        {
            command.Parameters.AddWithValue(NpgsqlDbType.Uuid, (object?)id ?? DBNull.Value);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                read.Add((Row(reader), reader.IsDBNull(6) ? null : reader.GetGuid(6)));
            }
        }

        List<Schedule> schedules = [];
        foreach (var (schedule, last) in read)
        {
            schedules.Add(last is { } batch ? schedule with { LastBatch = await BatchAsync(schedule.Id, batch, cancellationToken) } : schedule);
        }

        return schedules;
    }

    private Schedule Row(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Name = row.GetString(1),
        Cron = row.GetString(2),
        Filter = JsonSerializer.Deserialize(row.GetString(3), ContractsJson.Default.ScheduleFilter)!,
        Tolerance = row.GetDouble(4),
        NextFireTimes = CronText.Next(CronText.Stored(row.GetString(2)), time.GetUtcNow(), NextTimes),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(5),
    };
}
