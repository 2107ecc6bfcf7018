using KernelForge.Api.Rest;
using KernelForge.Contracts.Service;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KernelForge.Api.Features.Schedules;

/// <summary><c>/api/v1/schedules</c>: winners judged again by a cron expression.</summary>
internal static class ScheduleEndpoints
{
    /// <summary>Adds what the web server needs.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ScheduleReader>();
        services.AddSingleton<ScheduleStore>();
    }

    /// <summary>Adds what workers need.</summary>
    public static void AddWorkers(IServiceCollection services)
    {
        services.AddSingleton<ScheduleTriggers>();
        services.AddHostedService(provider => provider.GetRequiredService<ScheduleTriggers>());
    }

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/schedules").WithTags("Schedules");
        group.MapPost("", AddAsync).WithSummary("Makes a schedule; it fires by its cron expression, in UTC").ProducesProblem(400).ProducesProblem(409);
        group.MapGet("", ListAsync).WithSummary("Every schedule, by name");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("A schedule, when it fires next, and how its latest batch went").ProducesProblem(404);
        group.MapPut("/{id:guid}", ChangeAsync).WithSummary("Changes a schedule").ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);
        group.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Ends a schedule; what it found is kept").ProducesProblem(404);
        group.MapPost("/{id:guid}/run", RunAsync).WithSummary("Queues its winners now; the answer's id is the batch").ProducesProblem(404);
        group.MapGet("/{id:guid}/checks", ChecksAsync).WithSummary("What it found, the latest first; batch limits it to one firing").ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<Created<Schedule>> AddAsync(ScheduleOrder order, ScheduleStore store, CancellationToken cancellationToken)
    {
        var schedule = await store.AddAsync(order, cancellationToken);
        return TypedResults.Created($"/api/v1/schedules/{schedule.Id}", schedule);
    }

    private static async Task<Ok<Listing<Schedule>>> ListAsync(ScheduleReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Listing<Schedule> { Items = await reader.ListAsync(cancellationToken) });

    private static async Task<Ok<Schedule>> FindAsync(Guid id, ScheduleReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.FindAsync(id, cancellationToken) ?? throw ScheduleStore.Unknown(id));

    private static async Task<Ok<Schedule>> ChangeAsync(Guid id, ScheduleOrder order, ScheduleStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ChangeAsync(id, order, cancellationToken));

    private static async Task<NoContent> DeleteAsync(Guid id, ScheduleStore store, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Accepted<ScheduleBatch>> RunAsync(Guid id, ScheduleRunner runner, ScheduleReader reader, CancellationToken cancellationToken)
    {
        var batch = Guid.CreateVersion7();
        _ = await runner.StartAsync(id, batch, waitForLast: false, cancellationToken) ?? throw ScheduleStore.Unknown(id);
        return TypedResults.Accepted($"/api/v1/schedules/{id}/checks?batch={batch}", await reader.BatchAsync(id, batch, cancellationToken));
    }

    private static async Task<Ok<ScheduleChecks>> ChecksAsync(Guid id, Guid? batch, int? limit, string? cursor, ScheduleReader reader, CancellationToken cancellationToken)
    {
        _ = await reader.FindAsync(id, cancellationToken) ?? throw ScheduleStore.Unknown(id);
        var before = Paging.Key(cursor, parts: 1) is { } key ? Guid.TryParse(key[0], out var last) ? last : throw Paging.Wrong() : (Guid?)null;
        return TypedResults.Ok(await reader.ChecksAsync(id, batch, before, Paging.Limit(limit), cancellationToken));
    }
}
