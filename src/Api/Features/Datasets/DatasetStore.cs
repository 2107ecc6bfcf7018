using System.Text.Json;
using KernelForge.Api.Store;
using KernelForge.Api.Store.Rows;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Exports as rows. Their files lie under <c>datasets/</c> in the data folder of the service that made them.</summary>
internal sealed class DatasetStore(IDbContextFactory<KernelForgeDb> rows, ServiceSettings settings)
{
    /// <summary>Where an export's files lie once it has succeeded.</summary>
    public string FolderOf(DatasetRow row) => Path.Combine(settings.Home, row.Folder);

    /// <summary>Queues an export whose order was checked.</summary>
    public async Task<Guid> AddAsync(DatasetPlan plan, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        db.Datasets.Add(new DatasetRow
        {
            Id = id,
            Recipe = plan.Order.Recipe,
            Format = plan.Order.Format,
            Parameters = JsonSerializer.Serialize(plan.Order, ContractsJson.Default.DatasetOrder),
            State = Lifecycle.Queued,
            Folder = $"datasets/{id}",
            CreatedAt = settings.Time.GetUtcNow(),
        });
        await db.SaveChangesAsync(cancellationToken);
        return id;
    }

    /// <summary>An export's row; null where there is none.</summary>
    public async Task<DatasetRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        return await db.Datasets.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>Exports, the latest first, older than one; ids increase with time.</summary>
    public async Task<List<DatasetRow>> ListAsync(Guid? before, int most, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        return await db.Datasets.AsNoTracking().Where(row => before == null || row.Id < before).OrderByDescending(row => row.Id).Take(most).ToListAsync(cancellationToken);
    }

    /// <summary>An export as the service tells it.</summary>
    public DatasetStatus StatusOf(DatasetRow row) => new()
    {
        Id = row.Id,
        Status = row.State,
        Order = JsonSerializer.Deserialize(row.Parameters, ContractsJson.Default.DatasetOrder)!,
        Folder = FolderOf(row),
        Failure = row.Failure,
        Manifest = row.Manifest is null ? null : JsonSerializer.Deserialize(row.Manifest, ContractsJson.Default.DatasetManifest),
        CreatedAt = row.CreatedAt,
        FinishedAt = row.FinishedAt,
    };
}
