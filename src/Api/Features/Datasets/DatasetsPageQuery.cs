using System.Text.Json;
using KernelForge.Api.Pages;
using KernelForge.Api.Store;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Reads the datasets' page.</summary>
internal sealed class DatasetsPageQuery(IDbContextFactory<KernelForgeDb> rows)
{
    private const int Most = 100;

    /// <summary>Maps <c>/datasets</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/datasets", async (DatasetsPageQuery query, CancellationToken cancellationToken) => WebPages.Show<DatasetsPage>(await query.ReadAsync(cancellationToken)));

    /// <summary>The page.</summary>
    public async Task<DatasetsPageView> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var datasets = await db.Datasets.AsNoTracking().OrderByDescending(row => row.CreatedAt).Take(Most).ToListAsync(cancellationToken);
        return new DatasetsPageView(datasets.ConvertAll(row => new DatasetSummary
        {
            Id = row.Id,
            Recipe = row.Recipe,
            Format = row.Format,
            State = row.State,
            Folder = row.Folder,
            Failure = row.Failure,
            Counts = row.Manifest is null ? null : Counts(row.Manifest),
            CreatedAt = row.CreatedAt,
            FinishedAt = row.FinishedAt,
        }));
    }

    /// <summary>Numbers of the manifest's <c>counts</c>.</summary>
    private static string? Counts(string manifest)
    {
        using var document = JsonDocument.Parse(manifest);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("counts", out var counts) && counts.ValueKind == JsonValueKind.Object
            ? string.Join(", ", counts.EnumerateObject().Where(count => count.Value.ValueKind == JsonValueKind.Number).Select(count => $"{Figures.Words(count.Name)} {count.Value}"))
            : null;
    }
}
