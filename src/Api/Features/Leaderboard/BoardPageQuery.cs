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

    /// <summary>Every filter is a part of what a board is, so none changes a rank.</summary>
    private const string Sql =
        """
        WITH named AS (
            SELECT t.sha256, t.name FROM tasks t
            WHERE t.current AND ($1 IS NULL OR t.category = $1) AND ($2 IS NULL OR t.name = $2) AND ($5 IS NULL OR t.name > $5)
        ), ranked AS (
            SELECT r.*,
                rank() OVER board AS rank,
                row_number() OVER board AS place,
                count(*) OVER (PARTITION BY task, platform, device, kind, precision, uses_library, prepared, evaluation_version) AS entries
            FROM rankable r
            WHERE r.task_sha256 IN (SELECT sha256 FROM named) AND ($3 IS NULL OR r.device = $3) AND ($4 IS NULL OR r.precision = $4)
            WINDOW board AS (PARTITION BY task, platform, device, kind, precision, uses_library, prepared, evaluation_version ORDER BY latency_ms)
        ), shown AS (
            SELECT *, dense_rank() OVER (ORDER BY task) AS task_number FROM ranked WHERE place <= $6
        )
        SELECT task, platform, device, precision, kind, uses_library, prepared, evaluation_version, entries, rank, evaluation_id, solution_sha256, run_id, round,
            model, strategy, fast_math, latency_ms, baseline, speedup_factor, speed_of_light_fraction, verified_at
        FROM shown
        WHERE task_number <= $7
        ORDER BY task, platform, device, kind, precision, uses_library, prepared, evaluation_version DESC, place
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
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(Read(reader));
            }
        }

        var regressions = await RegressionsAsync(connection, [.. rows.Select(row => row.Row.EvaluationId)], cancellationToken);
        return
        [
            .. rows.GroupBy(row => row.Board).Select(board => board.Key with
            {
                Rows = [.. board.Select(row => row.Row with { Regression = regressions.GetValueOrDefault(row.Row.EvaluationId) })],
            }),
        ];
    }

    /// <summary>The schedules' latest verdict on each, where it is a regression.</summary>
    private static async Task<Dictionary<Guid, string>> RegressionsAsync(NpgsqlConnection connection, Guid[] evaluations, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            """
            SELECT id, verdict FROM (
                SELECT DISTINCT ON (old_evaluation_id) old_evaluation_id AS id, verdict FROM schedule_checks
                WHERE old_evaluation_id = ANY($1) AND verdict NOT IN ('pending', 'failed')
                ORDER BY old_evaluation_id, created_at DESC) latest
            WHERE verdict IN ('slower', 'broken')
            """,
            connection);
        command.Parameters.AddWithValue(evaluations);
        Dictionary<Guid, string> verdicts = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            verdicts[reader.GetGuid(0)] = reader.GetString(1);
        }

        return verdicts;
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
            EvaluationVersion = reader.GetString(7),
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
            Baseline = Text(18),
            SpeedupFactor = Number(19),
            SpeedOfLightFraction = Number(20),
            VerifiedAt = reader.GetFieldValue<DateTimeOffset>(21),
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
