using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Leaderboard;
using KernelForge.Api.Features.Runs;
using KernelForge.Api.Pages;
using KernelForge.Api.Store;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KernelForge.Api.Features.Tasks;

/// <summary>Reads the tasks' pages.</summary>
internal sealed class TaskPagesQuery(IDbContextFactory<KernelForgeDb> rows, NpgsqlDataSource database, Boards boards, RunList runs, TaskCatalogue catalogue)
{
    /// <summary>Maps <c>/tasks</c> and <c>/tasks/{category}/{name}</c>; a task outside the suite may have no category.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tasks", async (string? category, string? level, string? verdict, string? precision, string? origin, string? difficulty, TaskPagesQuery query, CancellationToken cancellationToken) =>
        {
            TaskTraits wanted = new() { Category = Given(category), Level = Given(level), Verdict = Given(verdict), Precision = Given(precision), Origin = Given(origin), Difficulty = Given(difficulty) };
            return WebPages.Show<TasksPage>(await query.ReadAsync(wanted, cancellationToken));
        });
        routes.MapGet("/tasks/{**name}", async (string name, TaskPagesQuery query, CancellationToken cancellationToken) =>
            await query.ReadAsync(name, cancellationToken) is { } view ? WebPages.Show<TaskPage>(view) : WebPages.NotFound($"There is no task named {name}."));
    }

    /// <summary>Tasks that have what is wanted, current versions.</summary>
    public async Task<TasksPageView> ReadAsync(TaskTraits wanted, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var winners = (await boards.ReadAsync(new BoardFilter(null, null, null, null), null, 1, int.MaxValue, cancellationToken)).ToLookup(board => board.Task, StringComparer.Ordinal);
        var tasks = await db.Tasks.AsNoTracking().Where(task => task.Current).OrderBy(task => task.Name)
            .Select(task => new TaskLine { Name = task.Name, Category = task.Category, Origin = task.Origin, Kernelbench = task.Kernelbench, Difficulty = task.Difficulty, Ranked = task.Ranked, Sha256 = task.Sha256 })
            .ToListAsync(cancellationToken);
        tasks = tasks.ConvertAll(task => task with { Cost = catalogue.Facts.Cost(task.Name, task.Sha256) });
        var traits = tasks.ConvertAll(task => TaskTraits.Of(task.Category, task.Kernelbench, task.Ranked, task.Cost?.Precision, task.Origin, task.Difficulty));
        return new TasksPageView
        {
            Tasks =
            [
                .. tasks.Zip(traits).Where(pair => wanted.Admits(pair.Second)).Select(pair => pair.First with
                {
                    Solutions = winners[pair.First.Name].Sum(board => board.Count),
                    Best = winners[pair.First.Name].MaxBy(board => board.Rows[0].SpeedupFactor),
                }),
            ],
            Filter = wanted,
            Known = traits,
        };
    }

    /// <summary>A task; null: there is none of that name.</summary>
    public async Task<TaskPageView?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var task = await db.Tasks.AsNoTracking().SingleOrDefaultAsync(row => row.Name == name && row.Current, cancellationToken);
        return task is null
            ? null
            : new TaskPageView
            {
                Task = new TaskLine { Name = task.Name, Category = task.Category, Origin = task.Origin, Kernelbench = task.Kernelbench, Difficulty = task.Difficulty, Ranked = task.Ranked, Cost = catalogue.Facts.Cost(task.Name, task.Sha256) },
                Evidence = catalogue.Facts.Evidence(task.Name, task.Sha256),
                Sha256 = task.Sha256,
                Strict = await db.Tasks.Where(row => row.Name == name + "_strict" && row.Current).Select(row => row.Name).SingleOrDefaultAsync(cancellationToken),
                Source = task.Source,
                Reason = task.Reason,
                Presets = task.Presets,
                Boards = await boards.ReadAsync(new BoardFilter(null, name, null, null), null, 10, 1, cancellationToken),
                Runs = await runs.OfTaskAsync(task.Sha256, 8, cancellationToken),
                Figures = await FiguresAsync(task.Sha256, cancellationToken),
            };
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private async Task<IReadOnlyList<TaskFigure>> FiguresAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT DISTINCT ON (n.platform, n.device, f.name) f.name, n.platform, n.device, f.latency_ms
            FROM (
                SELECT environment_id, name, latency_ms, created_at FROM baselines WHERE task_sha256 = $1
                UNION ALL
                (SELECT environment_id, 'speed_of_light', speed_of_light_ms, created_at FROM evaluations
                 WHERE task_sha256 = $1 AND speed_of_light_ms IS NOT NULL AND status = 'passed' LIMIT 200)
            ) f
            JOIN environments n ON n.id = f.environment_id
            ORDER BY n.platform, n.device, f.name, f.created_at DESC
            """);
        command.Parameters.AddWithValue(sha256);
        List<TaskFigure> figures = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            figures.Add(new TaskFigure(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetDouble(3)));
        }

        return [.. figures.OrderBy(figure => figure.Platform, StringComparer.Ordinal).ThenBy(figure => figure.Device, StringComparer.Ordinal).ThenByDescending(figure => figure.LatencyMs)];
    }
}
