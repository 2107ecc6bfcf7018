using KernelForge.Api.Store;
using KernelForge.Api.Work;
using KernelForge.Contracts.Service;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Workers;

/// <summary>The processes that run steps.</summary>
internal sealed class WorkerReader(IDbContextFactory<KernelForgeDb> rows)
{
    /// <summary>All that are known, the one seen last first.</summary>
    public async Task<IReadOnlyList<ServiceWorker>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        return await db.Workers.AsNoTracking().OrderByDescending(worker => worker.SeenAt)
            .Select(worker => new ServiceWorker
            {
                Name = worker.Name,
                Host = worker.Host,
                Pid = worker.Pid,
                Platforms = worker.Platforms,
                Slots = worker.Slots,
                StartedAt = worker.StartedAt,
                SeenAt = worker.SeenAt,
                Running = db.Steps.Count(step => step.Worker == worker.Name && step.State == Lifecycle.Running),
            })
            .ToListAsync(cancellationToken);
    }
}
