using KernelForge.Api.Pages;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Leaderboard;

/// <summary>Boards from the view <c>rankable</c>, ranked within task and class.</summary>
internal sealed class BoardPageQuery(NpgsqlDataSource database)
{
    private const int RowsOnAll = 5;
    private const int RowsOfTask = 100;
    private const int TasksOnPage = 40;

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

    /// <summary>Maps <c>/leaderboard</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/leaderboard", async (string? category, string? task, string? device, string? precision, string? after, BoardPageQuery query, CancellationToken cancellationToken) =>
            WebPages.Show<LeaderboardPage>(await query.ReadAsync(new BoardFilter(Given(category), Given(task), Given(device), Given(precision)), Given(after), cancellationToken)));

    /// <summary>The page.</summary>
    public async Task<BoardPageView> ReadAsync(BoardFilter filter, string? after, CancellationToken cancellationToken)
    {
        var rowsEach = filter.Task is null ? RowsOnAll : RowsOfTask;
        var boards = await BoardsAsync(filter, after, rowsEach, TasksOnPage + 1, cancellationToken);
        var tasks = boards.Select(board => board.Task).Distinct(StringComparer.Ordinal).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return new BoardPageView
        {
            Filter = filter,
            Categories = await NamesAsync(connection, "SELECT DISTINCT category FROM tasks WHERE current AND category IS NOT NULL ORDER BY 1", cancellationToken),
            Tasks = await NamesAsync(connection, "SELECT name FROM tasks WHERE current ORDER BY 1", cancellationToken),
            Devices = await NamesAsync(connection, "SELECT DISTINCT device FROM environments ORDER BY 1", cancellationToken),
            Precisions = ["float64", "float32", "tf32", "float16", "bfloat16", "float8", "reduced", "integer"],
            Boards = tasks.Count > TasksOnPage ? [.. boards.Where(board => board.Task != tasks[^1])] : boards,
            RowsEach = rowsEach,
            Next = tasks.Count > TasksOnPage ? tasks[^2] : null,
        };
    }

    /// <summary>Boards, at most that many tasks and rows each.</summary>
    public async Task<IReadOnlyList<Board>> BoardsAsync(BoardFilter filter, string? after, int rowsEach, int tasks, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        List<(Board Board, BoardRow Row)> rows = [];
        await using (NpgsqlCommand command = new(Sql, connection))
        {
            foreach (var text in (string?[])[filter.Category, filter.Task, filter.Device, filter.Precision, after])
            {
                command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)text ?? DBNull.Value);
            }

            command.Parameters.AddWithValue(rowsEach);
            command.Parameters.AddWithValue(tasks);
            await command.PrepareAsync(cancellationToken);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(Read(reader));
            }
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

    private static async Task<IReadOnlyList<string>> NamesAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection);
        List<string> names = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
