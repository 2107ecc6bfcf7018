using KernelForge.Api.Features.Home;
using KernelForge.Api.Pages;
using KernelForge.Api.Store;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Workers;

/// <summary>Reads the workers' page.</summary>
internal sealed class WorkersPageQuery(IDbContextFactory<KernelForgeDb> rows, TimeProvider time)
{
    private const int Most = 200;

    /// <summary>Maps <c>/workers</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/workers", async (WorkersPageQuery query, CancellationToken cancellationToken) => WebPages.Show<WorkersPage>(await query.ReadAsync(cancellationToken)));

    /// <summary>The page: who was seen last comes first.</summary>
    public async Task<WorkersPageView> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var alive = time.GetUtcNow() - HomePageQuery.WorkerSilence;
        var workers = await db.Workers.AsNoTracking().OrderByDescending(row => row.SeenAt).Take(Most).ToListAsync(cancellationToken);
        var running = await db.Steps.Where(row => (row.State == "queued" || row.State == "running") && row.State == "running" && row.Worker != null)
            .GroupBy(row => row.Worker!)
            .Select(steps => new { steps.Key, Count = steps.Count() })
            .ToDictionaryAsync(steps => steps.Key, steps => steps.Count, cancellationToken);
        return new WorkersPageView(workers.ConvertAll(row => new WorkerLine
        {
            Name = row.Name,
            Host = row.Host,
            Pid = row.Pid,
            Platforms = row.Platforms,
            Slots = row.Slots,
            Running = running.GetValueOrDefault(row.Name),
            Version = row.Version,
            StartedAt = row.StartedAt,
            SeenAt = row.SeenAt,
            IsAlive = row.SeenAt > alive,
        }));
    }
}
