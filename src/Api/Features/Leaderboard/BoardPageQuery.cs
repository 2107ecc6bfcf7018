using KernelForge.Api.Pages;
using Npgsql;

namespace KernelForge.Api.Features.Leaderboard;

/// <summary>Reads the leaderboard's page.</summary>
internal sealed class BoardPageQuery(NpgsqlDataSource database, Boards boards)
{
    private const int RowsOnAll = 5;
    private const int RowsOfTask = 100;
    private const int TasksOnPage = 40;

    /// <summary>Maps <c>/leaderboard</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/leaderboard", async (string? category, string? task, string? device, string? precision, string? after, BoardPageQuery query, CancellationToken cancellationToken) =>
            WebPages.Show<LeaderboardPage>(await query.ReadAsync(new BoardFilter(Given(category), Given(task), Given(device), Given(precision)), Given(after), cancellationToken)));

    /// <summary>The page.</summary>
    public async Task<BoardPageView> ReadAsync(BoardFilter filter, string? after, CancellationToken cancellationToken)
    {
        var rowsEach = filter.Task is null ? RowsOnAll : RowsOfTask;
        var found = await boards.ReadAsync(filter, after, rowsEach, TasksOnPage + 1, cancellationToken);
        var tasks = found.Select(board => board.Task).Distinct(StringComparer.Ordinal).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return new BoardPageView
        {
            Filter = filter,
            Categories = await NamesAsync(connection, "SELECT DISTINCT category FROM tasks WHERE current AND category IS NOT NULL ORDER BY 1", cancellationToken),
            Tasks = await NamesAsync(connection, "SELECT name FROM tasks WHERE current ORDER BY 1", cancellationToken),
            Devices = await NamesAsync(connection, "SELECT DISTINCT device FROM environments ORDER BY 1", cancellationToken),
            Precisions = ["float64", "float32", "tf32", "float16", "bfloat16", "float8", "reduced", "integer"],
            Boards = tasks.Count > TasksOnPage ? [.. found.Where(board => board.Task != tasks[^1])] : found,
            RowsEach = rowsEach,
            Next = tasks.Count > TasksOnPage ? tasks[^2] : null,
        };
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
