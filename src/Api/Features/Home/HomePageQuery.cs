using KernelForge.Api.Features.Leaderboard;
using KernelForge.Api.Features.Runs;
using KernelForge.Api.Pages;
using Npgsql;

namespace KernelForge.Api.Features.Home;

/// <summary>Reads the overview. Whatever is open is found by the index of open steps, so its cost does not grow with history.</summary>
internal sealed class HomePageQuery(NpgsqlDataSource database, RunList runs, Boards boards, TimeProvider time)
{
    /// <summary>A worker that said nothing for so long counts as gone.</summary>
    public static readonly TimeSpan WorkerSilence = TimeSpan.FromSeconds(30);

    /// <summary>The second condition on the state is the index's own.</summary>
    private const string Counts =
        """
        SELECT
            (SELECT count(*) FROM steps WHERE state = 'queued' AND state IN ('queued', 'running')),
            (SELECT count(*) FROM steps WHERE state = 'running' AND state IN ('queued', 'running')),
            (SELECT min(created_at) FROM steps WHERE state = 'queued' AND state IN ('queued', 'running')),
            (SELECT count(*) FROM workers WHERE seen_at > $1),
            (SELECT coalesce(sum(slots), 0) FROM workers WHERE seen_at > $1),
            (SELECT count(*) FROM tasks WHERE current)
        """;

    private const string Submissions =
        """
        SELECT s.id, t.name, s.origin, s.state, s.created_at
        FROM submissions s JOIN tasks t ON t.sha256 = s.task_sha256
        WHERE s.id IN (SELECT owner_id FROM steps WHERE kind = 'evaluation' AND state IN ('queued', 'running') ORDER BY priority DESC, created_at LIMIT 8)
        ORDER BY s.created_at
        """;

    /// <summary>Maps <c>/</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/", async (HomePageQuery query, CancellationToken cancellationToken) => WebPages.Show<HomePage>(await query.ReadAsync(cancellationToken)));

    /// <summary>The page.</summary>
    public async Task<HomePageView> ReadAsync(CancellationToken cancellationToken)
    {
        var open = await runs.OpenAsync(6, cancellationToken);
        var latest = await runs.LatestAsync(8, cancellationToken);
        var winners = await boards.ReadAsync(new BoardFilter(null, null, null, null), null, 1, 8, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using NpgsqlBatch batch = new(connection);
        NpgsqlBatchCommand first = new(Counts);
        first.Parameters.AddWithValue(time.GetUtcNow() - WorkerSilence);
        batch.BatchCommands.Add(first);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Submissions));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        HomePageView view = new()
        {
            Queued = reader.GetInt64(0),
            Working = reader.GetInt64(1),
            OldestQueuedAt = reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2),
            Workers = reader.GetInt64(3),
            Slots = reader.GetInt64(4),
            Tasks = reader.GetInt64(5),
            Open = open,
            OpenSubmissions = [],
            Latest = latest,
            Winners = winners,
        };
        List<OpenSubmission> waiting = [];
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(new OpenSubmission(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return view with { OpenSubmissions = waiting };
    }
}
