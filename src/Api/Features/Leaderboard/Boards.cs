using System.Data;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Leaderboard;

/// <summary>
/// Boards from the view <c>rankable</c>, ranked within task and class. Ranking reads every verified solution, so what was read is kept, with the
/// database's snapshot that it was read in, until a transaction changes what boards are made of (table <c>board_changes</c>): nobody is shown an old board.
/// </summary>
internal sealed class Boards(NpgsqlDataSource database) : IDisposable
{
    /// <summary>Much less than the hour after which <c>board_changes</c> forgets.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private const long MostRowsKept = 20_000;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MostRowsKept });

    /// <summary>
    /// The order of <see cref="LeaderboardReader"/>: the newest version of the evaluation alone, a solution once in its class by its first verdict, by
    /// speed-up; with the best of every board in one answer. Every filter is a part
    /// of what a board is, so none changes a rank. A class is one text here: eight columns took most of the time to sort.
    /// </summary>
    private const string Sql =
        """
        WITH stood AS MATERIALIZED (
            SELECT *, concat_ws(E'\x1f', platform, kind, device, coalesce(precision, ''), uses_library, prepared, coalesce(baseline, '')) AS class FROM rankable
        ), newest AS (
            SELECT DISTINCT ON (platform, kind) platform, kind, evaluation_version
            FROM (SELECT platform, kind, evaluation_version, max(created_at) AS at FROM stood GROUP BY platform, kind, evaluation_version) versions
            ORDER BY platform, kind, at DESC
        ), shown AS (
            SELECT DISTINCT ON (s.task_sha256, s.solution_sha256, s.class) s.*
            FROM stood s JOIN newest USING (platform, kind, evaluation_version)
            WHERE ($1::text IS NULL OR s.category = $1) AND ($2::text IS NULL OR s.task = $2) AND ($3::text IS NULL OR s.device = $3)
              AND ($4::text IS NULL OR s.precision = $4) AND ($5::text IS NULL OR s.task > $5)
            ORDER BY s.task_sha256, s.solution_sha256, s.class, s.created_at
        ), ranked AS (
            SELECT *, rank() OVER board AS rank, row_number() OVER board AS place, count(*) OVER (PARTITION BY task, class) AS entries,
                dense_rank() OVER (ORDER BY task) AS task_number
            FROM shown
            WINDOW board AS (PARTITION BY task, class ORDER BY speedup_factor DESC NULLS LAST, latency_ms)
        )
        SELECT r.task, r.platform, r.device, r.precision, r.kind, r.uses_library, r.prepared, r.baseline, r.entries, r.rank, r.evaluation_id, r.solution_sha256, r.run_id, r.round,
            r.model, r.strategy, r.fast_math, r.latency_ms, r.speedup_factor, r.speed_of_light_fraction, r.verified_at, c.verdict
        FROM ranked r
        LEFT JOIN LATERAL (
            SELECT k.verdict FROM schedule_checks k JOIN evaluations e ON e.id = k.old_evaluation_id
            WHERE e.task_sha256 = r.task_sha256 AND e.solution_sha256 = r.solution_sha256 AND k.verdict NOT IN ('pending', 'failed')
            ORDER BY k.finished_at DESC LIMIT 1
        ) c ON true
        WHERE r.place <= $6 AND r.task_number <= $7
        ORDER BY r.task, r.class, r.place
        """;

    /// <summary>Boards, at most that many tasks and rows each.</summary>
    public async Task<IReadOnlyList<Board>> ReadAsync(BoardFilter filter, string? after, int rowsEach, int tasks, CancellationToken cancellationToken)
    {
        var key = (filter, after, rowsEach, tasks);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (_kept.TryGetValue(key, out Kept? kept) && kept is not null && !await HaveChangedAsync(connection, kept.Snapshot, cancellationToken))
        {
            return kept.Boards;
        }

        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using NpgsqlCommand snapshot = new("SELECT pg_current_snapshot()::text", connection);
        Kept made = new((string)(await snapshot.ExecuteScalarAsync(cancellationToken))!, await ReadAsync(connection, filter, after, rowsEach, tasks, cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        _kept.Set(key, made, new MemoryCacheEntryOptions { Size = 1 + made.Boards.Sum(board => 1 + board.Rows.Count), AbsoluteExpirationRelativeToNow = KeptFor });
        return made.Boards;
    }

    /// <inheritdoc/>
    public void Dispose() => _kept.Dispose();

    /// <summary>Whether a transaction that the snapshot does not hold has changed what boards are made of.</summary>
    private static async Task<bool> HaveChangedAsync(NpgsqlConnection connection, string snapshot, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand changed = new(
            "SELECT EXISTS (SELECT 1 FROM board_changes WHERE xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot))", connection);
        changed.Parameters.AddWithValue(snapshot);
        return await changed.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<IReadOnlyList<Board>> ReadAsync(NpgsqlConnection connection, BoardFilter filter, string? after, int rowsEach, int tasks, CancellationToken cancellationToken)
    {
        List<(Board Board, BoardRow Row)> rows = [];
        await using NpgsqlCommand command = new(Sql, connection);
        foreach (var text in (string?[])[filter.Category, filter.Task, filter.Device, filter.Precision, after])
        {
            command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)text ?? DBNull.Value);
        }

        command.Parameters.AddWithValue(rowsEach);
        command.Parameters.AddWithValue(tasks);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Read(reader));
        }

        return [.. rows.GroupBy(row => row.Board).Select(board => board.Key with { Rows = [.. board.Select(row => row.Row)] })];
    }

    private static (Board Board, BoardRow Row) Read(NpgsqlDataReader reader)
    {
        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        double? Number(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
        Board board = new()
        {
            Task = reader.GetString(0),
            Platform = reader.GetString(1),
            Device = reader.GetString(2),
            Precision = Text(3) ?? "unknown",
            Kind = Text(4) ?? "unknown",
            UsesLibrary = reader.GetBoolean(5),
            Prepared = reader.GetBoolean(6),
            Baseline = Text(7),
            Count = reader.GetInt64(8),
            Rows = [],
        };
        BoardRow row = new()
        {
            Rank = reader.GetInt64(9),
            EvaluationId = reader.GetGuid(10),
            SolutionSha256 = reader.GetString(11),
            RunId = reader.IsDBNull(12) ? null : reader.GetGuid(12),
            Round = reader.IsDBNull(13) ? null : reader.GetInt32(13),
            Model = Text(14),
            Strategy = Text(15),
            FastMath = reader.GetBoolean(16),
            LatencyMs = reader.GetDouble(17),
            SpeedupFactor = Number(18),
            SpeedOfLightFraction = Number(19),
            VerifiedAt = reader.GetFieldValue<DateTimeOffset>(20),
            Regression = Text(21) is "slower" or "broken" ? Text(21) : null,
        };
        return (board, row);
    }

    private sealed record Kept(string Snapshot, IReadOnlyList<Board> Boards);
}
