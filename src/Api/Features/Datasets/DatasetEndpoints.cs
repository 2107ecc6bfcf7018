using KernelForge.Api.Rest;
using KernelForge.Api.Store.Rows;
using KernelForge.Api.Work;
using KernelForge.Contracts.Service;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary><c>/api/v1/datasets</c>: exports of attempts as training data.</summary>
internal static class DatasetEndpoints
{
    private static readonly string[] OwnFiles = ["README.md", "manifest.json", "funnel.json"];

    /// <summary>Adds what a process needs that makes exports and serves their files.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<DatasetStore>();
        services.AddSingleton<DatasetJobs>();
        services.AddHostedService(provider => provider.GetRequiredService<DatasetJobs>());
    }

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/datasets").WithTags("Datasets");
        group.MapPost("", OrderAsync).WithSummary("Queues an export of attempts as training data").ProducesProblem(400);
        group.MapGet("", ListAsync).WithSummary("Exports, the newest first").ProducesProblem(400);
        group.MapGet("/{id:guid}", FindAsync).WithSummary("An export: its lifecycle, and its manifest once it has succeeded").ProducesProblem(404);
        group.MapGet("/{id:guid}/files/{**name}", FileAsync).WithSummary("A file of an export, by its name in the manifest").Produces(200, contentType: "application/octet-stream").ProducesProblem(404);
    }

    private static async Task<Accepted<Contracts.Service.Accepted>> OrderAsync(DatasetOrder order, DatasetStore store, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var (plan, field, problem) = DatasetPlan.Check(order);
        if (plan is null)
        {
            throw RefusedException.Bad(field, problem);
        }

        var id = await store.AddAsync(plan, cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await StepStore.NotifyAsync(connection, StepStore.WorkChannel, DatasetJobs.Waiting, cancellationToken);
        return TypedResults.Accepted($"/api/v1/datasets/{id}", new Contracts.Service.Accepted { Id = id, Status = Lifecycle.Queued });
    }

    private static async Task<Ok<Listing<DatasetStatus>>> ListAsync(int? limit, string? cursor, DatasetStore store, CancellationToken cancellationToken)
    {
        var most = Paging.Limit(limit);
        var after = Paging.Key(cursor, parts: 1) is { } key ? Guid.TryParse(key[0], out var id) ? id : throw Paging.Wrong() : (Guid?)null;
        var rows = await store.ListAsync(after, most + 1, cancellationToken);
        return TypedResults.Ok(new Listing<DatasetStatus>
        {
            Items = [.. rows.Take(most).Select(store.StatusOf)],
            NextCursor = rows.Count > most ? Paging.Cursor(rows[most - 1].Id.ToString()) : null,
        });
    }

    private static async Task<Ok<DatasetStatus>> FindAsync(Guid id, DatasetStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(store.StatusOf(await RowAsync(id, store, cancellationToken)));

    private static async Task<PhysicalFileHttpResult> FileAsync(Guid id, string name, DatasetStore store, CancellationToken cancellationToken)
    {
        var row = await RowAsync(id, store, cancellationToken);
        var dataset = store.StatusOf(row);
        if (dataset.Manifest is not { } manifest)
        {
            throw RefusedException.NotFound($"dataset {id} has no files: it is {row.State}{(row.Failure is null ? "" : $" ({row.Failure})")}");
        }

        // What is served is what the manifest names, never what a request spells.
        var wanted = Uri.UnescapeDataString(name);
        var known = OwnFiles.Concat(manifest.Files.Select(file => file.Name)).Distinct(StringComparer.Ordinal).ToList();
        var file = known.FirstOrDefault(item => item == wanted) ?? known.FirstOrDefault(item => item == $"data/{wanted}")
            ?? throw RefusedException.NotFound($"dataset {id} has no file of that name; it has {string.Join(", ", known)}");
        var path = Path.Combine(store.FolderOf(row), file);
        return File.Exists(path)
            ? TypedResults.PhysicalFile(path, ContentType(file), Path.GetFileName(file), enableRangeProcessing: true)
            : throw RefusedException.NotFound($"{file} of dataset {id} is not on this machine: its files lie where it was made, or were removed");
    }

    private static string ContentType(string file) => Path.GetExtension(file) switch
    {
        ".json" => "application/json",
        ".jsonl" => "application/jsonl",
        ".gz" => "application/gzip",
        ".md" => "text/markdown; charset=utf-8",
        _ => "application/octet-stream",
    };

    private static async Task<DatasetRow> RowAsync(Guid id, DatasetStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) ?? throw RefusedException.NotFound($"there is no dataset {id}; GET /api/v1/datasets lists them all");
}
