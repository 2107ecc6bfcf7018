using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Runs;

/// <summary>Runs for lists: the latest, those of a task, those that go on.</summary>
internal sealed class RunList(NpgsqlDataSource database)
{
    /// <summary>The best finished round of each comes by the index on (run_id, round); nothing is read of a run's text.</summary>
    private const string Columns =
        """
        r.id, t.name, r.state, r.strategy, r.coder, r.rounds, r.created_at,
            (SELECT count(*) FROM rounds x WHERE x.run_id = r.id) AS finished, best.speedup_factor, best.baseline, best.latency_ms, best.kind
        FROM {0} r
        JOIN tasks t ON t.sha256 = r.task_sha256
        LEFT JOIN LATERAL (
            SELECT e.speedup_factor, e.baseline, e.latency_ms, e.kind FROM evaluations e
            WHERE e.run_id = r.id AND e.status = 'passed' AND e.latency_ms IS NOT NULL
            ORDER BY e.latency_ms LIMIT 1) best ON true
        ORDER BY r.created_at DESC, r.id DESC
        """;

    /// <summary>The latest runs.</summary>
    public Task<IReadOnlyList<RunSummary>> LatestAsync(int most, CancellationToken cancellationToken) =>
        ReadAsync("(SELECT * FROM runs ORDER BY created_at DESC, id DESC LIMIT $1)", most, null, cancellationToken);

    /// <summary>The latest runs of a version of a task.</summary>
    public Task<IReadOnlyList<RunSummary>> OfTaskAsync(string taskSha256, int most, CancellationToken cancellationToken) =>
        ReadAsync("(SELECT * FROM runs WHERE task_sha256 = $2 ORDER BY created_at DESC, id DESC LIMIT $1)", most, taskSha256, cancellationToken);

    /// <summary>Runs with an open step, the latest first.</summary>
    public Task<IReadOnlyList<RunSummary>> OpenAsync(int most, CancellationToken cancellationToken) =>
        ReadAsync(
            "(SELECT * FROM runs WHERE id IN (SELECT owner_id FROM steps WHERE kind = 'round' AND state IN ('queued', 'running')) ORDER BY created_at DESC, id DESC LIMIT $1)",
            most, null, cancellationToken);

    private async Task<IReadOnlyList<RunSummary>> ReadAsync(string source, int most, string? task, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT " + Columns.Replace("{0}", source, StringComparison.Ordinal));
        command.Parameters.AddWithValue(most);
        if (task is not null)
        {
            command.Parameters.AddWithValue(NpgsqlDbType.Text, task);
        }

        List<RunSummary> runs = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            runs.Add(new RunSummary
            {
                Id = reader.GetGuid(0),
                Task = reader.GetString(1),
                State = reader.GetString(2),
                Strategy = reader.GetString(3),
                Coder = reader.GetString(4),
                Rounds = reader.GetInt32(5),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
                Finished = (int)reader.GetInt64(7),
                SpeedupFactor = reader.IsDBNull(8) ? null : reader.GetDouble(8),
                Baseline = reader.IsDBNull(9) ? null : reader.GetString(9),
                LatencyMs = reader.IsDBNull(10) ? null : reader.GetDouble(10),
                Kind = reader.IsDBNull(11) ? null : reader.GetString(11),
            });
        }

        return runs;
    }
}
