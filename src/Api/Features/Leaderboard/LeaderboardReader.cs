using System.Globalization;
using KernelForge.Api.Rest;
using KernelForge.Contracts.Service;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Leaderboard;

/// <summary>Boards, from the view <c>rankable</c>: which rows stand there is decided there and nowhere else. Here they are only ordered.</summary>
internal sealed class LeaderboardReader(NpgsqlDataSource database)
{
    /// <summary>
    /// Ranks within each task and class, by speed-up. A board never mixes versions of the evaluation: the newest of its platform is shown. One
    /// solution that stands there from several environments of a class is shown once, by its first verdict.
    /// </summary>
    private const string Board =
        """
        WITH shown AS (
            SELECT DISTINCT ON (r.task_sha256, r.solution_sha256, r.device, r.precision, r.uses_library, r.prepared, r.baseline) r.*
            FROM rankable r
            WHERE r.platform = $1 AND r.kind = $2
              AND r.evaluation_version = (
                SELECT n.evaluation_version FROM rankable n WHERE n.platform = $1 AND n.kind = $2 ORDER BY n.created_at DESC LIMIT 1)
              AND ($3::text IS NULL OR r.device = $3) AND ($4::text IS NULL OR r.baseline = $4) AND ($5::text IS NULL OR r.category = $5)
              AND ($6::text IS NULL OR r.task = $6) AND ($7::text IS NULL OR r.precision = $7)
              AND (r.model IS NULL OR split_part(r.model, ':', 1) NOT IN ('replay', 'simulated') OR split_part(r.model, ':', 1) = ANY ($8))
            ORDER BY r.task_sha256, r.solution_sha256, r.device, r.precision, r.uses_library, r.prepared, r.baseline, r.created_at
        ), ranked AS (
            SELECT s.*, rank() OVER (
                PARTITION BY s.task_sha256, s.device, s.precision, s.uses_library, s.prepared, s.baseline
                ORDER BY s.speedup_factor DESC NULLS LAST, s.latency_ms) AS rank
            FROM shown s
        )
        SELECT r.rank, r.task, r.solution_sha256, r.model, r.strategy, r.speedup_factor, r.baseline, r.latency_ms, r.speed_of_light_fraction, r.kind, r.platform, r.device,
            r.precision, r.uses_library, r.prepared, r.fast_math, r.verified_at, r.run_id, r.evaluation_id, c.verdict
        FROM ranked r
        LEFT JOIN LATERAL (
            SELECT k.verdict FROM schedule_checks k JOIN evaluations e ON e.id = k.old_evaluation_id
            WHERE e.task_sha256 = r.task_sha256 AND e.solution_sha256 = r.solution_sha256 AND k.verdict NOT IN ('pending', 'failed')
            ORDER BY k.finished_at DESC LIMIT 1
        ) c ON true
        WHERE $9::text IS NULL
           OR (r.task, r.device, coalesce(r.precision, ''), r.uses_library, r.prepared, coalesce(r.baseline, ''), r.rank, r.evaluation_id) > ($9, $10, $11, $12, $13, $14, $15, $16)
        ORDER BY r.task, r.device, coalesce(r.precision, ''), r.uses_library, r.prepared, coalesce(r.baseline, ''), r.rank, r.evaluation_id
        LIMIT $17
        """;

    private const int KeyParts = 8;

    /// <summary>A page of a board.</summary>
    /// <exception cref="RefusedException">No page ended at that cursor.</exception>
    public async Task<Contracts.Service.Leaderboard> ReadAsync(BoardQuery query, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Board);
        Text(query.Platform);
        Text(query.Kind);
        Text(query.Device);
        Text(query.Baseline);
        Text(query.Category);
        Text(query.Task);
        Text(query.Precision);
        command.Parameters.AddWithValue(query.Include.ToArray());
        AddKey(command, Paging.Key(cursor, KeyParts));
        command.Parameters.AddWithValue(limit + 1);

        List<LeaderboardRow> rows = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Row(reader));
        }

        return new Contracts.Service.Leaderboard
        {
            Filters = query.Filters,
            Rows = [.. rows.Take(limit)],
            NextCursor = rows.Count > limit ? CursorAfter(rows[limit - 1]) : null,
        };

        void Text(string? value) => command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)value ?? DBNull.Value);
    }

    private static LeaderboardRow Row(NpgsqlDataReader reader)
    {
        var model = Text(3);
        return new LeaderboardRow
        {
            Rank = (int)reader.GetInt64(0),
            Task = reader.GetString(1),
            SolutionSha256 = reader.GetString(2),
            Model = model,
            Strategy = Text(4),
            SpeedupFactor = Number(5),
            Baseline = Text(6),
            LatencyMs = reader.GetDouble(7),
            SpeedOfLightFraction = Number(8),
            Kind = reader.GetString(9),
            Platform = reader.GetString(10),
            Device = reader.GetString(11),
            Precision = Text(12) ?? "",
            UsesLibrary = reader.GetBoolean(13),
            Prepared = reader.GetBoolean(14),
            FastMath = reader.GetBoolean(15),
            Mark = model?.Split(':')[0] is "replay" or "simulated" ? model.Split(':')[0] : null,
            VerifiedAt = reader.GetFieldValue<DateTimeOffset>(16),
            RunId = reader.IsDBNull(17) ? null : reader.GetGuid(17),
            EvaluationId = reader.GetGuid(18),
            Regression = Text(19) is "slower" or "broken" ? Text(19) : null,
        };

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

        double? Number(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);
    }

    private static string CursorAfter(LeaderboardRow row) => Paging.Cursor(
        row.Task, row.Device, row.Precision, row.UsesLibrary.ToString(), row.Prepared.ToString(), row.Baseline ?? "", row.Rank.ToString(CultureInfo.InvariantCulture), row.EvaluationId.ToString());

    private static void AddKey(NpgsqlCommand command, string[]? key)
    {
        object[] values = [DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value, DBNull.Value];
        if (key is not null)
        {
            values = bool.TryParse(key[3], out var usesLibrary) && bool.TryParse(key[4], out var prepared)
                && long.TryParse(key[6], NumberStyles.None, CultureInfo.InvariantCulture, out var rank) && Guid.TryParse(key[7], out var evaluation)
                ? [key[0], key[1], key[2], usesLibrary, prepared, key[5], rank, evaluation]
                : throw Paging.Wrong();
        }

        NpgsqlDbType[] types =
            [NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Boolean, NpgsqlDbType.Boolean, NpgsqlDbType.Text, NpgsqlDbType.Bigint, NpgsqlDbType.Uuid];
        for (var i = 0; i < KeyParts; i++)
        {
            command.Parameters.AddWithValue(types[i], values[i]);
        }
    }
}
