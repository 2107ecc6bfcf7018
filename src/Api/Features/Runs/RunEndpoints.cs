using KernelForge.Api.Rest;
using KernelForge.Api.Work;
using KernelForge.Contracts.Service;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace KernelForge.Api.Features.Runs;

/// <summary><c>/api/v1/runs</c>: searches by agents.</summary>
internal static class RunEndpoints
{
    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/runs").WithTags("Runs");
        group.MapPost("", AcceptAsync).WithSummary("Queues a search by agents; Idempotency-Key makes it safe to send again").ProducesProblem(400).ProducesProblem(409);
        group.MapGet("", ListAsync).WithSummary("Runs, the newest first, without their rounds").ProducesProblem(400);
        group.MapGet("/{id:guid}", FindAsync).WithSummary("A run: its lifecycle, and the report as far as it has come").ProducesProblem(404);
        group.MapDelete("/{id:guid}", CancelAsync).WithSummary("Cancels it; finished rounds stay, and to cancel what has ended is no error").ProducesProblem(404);
        group.MapGet("/{id:guid}/events", (Guid id, long? after, HttpContext context, EventStreams streams) => streams.SendAsync(context, "runs", id, after))
            .WithSummary("What happens in it, as server-sent events; Last-Event-ID resumes").Produces(200, contentType: "text/event-stream").ProducesProblem(404).ProducesProblem(429);
    }

    private static async Task<Accepted<Contracts.Service.Accepted>> AcceptAsync(
        RunOrder order, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, RunIntake intake, CancellationToken cancellationToken)
    {
        var accepted = await intake.AcceptAsync(order, idempotencyKey, cancellationToken);
        return TypedResults.Accepted($"/api/v1/runs/{accepted.Id}", accepted);
    }

    private static async Task<Ok<Listing<RunStatus>>> ListAsync(string? state, int? limit, string? cursor, RunReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.ListAsync(Lifecycles.Filter(state), Paging.Limit(limit), cursor, cancellationToken));

    private static async Task<Ok<RunStatus>> FindAsync(Guid id, RunReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.FindAsync(id, cancellationToken) ?? throw Unknown(id));

    private static async Task<Ok<RunStatus>> CancelAsync(Guid id, RunReader reader, NpgsqlDataSource database, OwnerStore owners, CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await owners.CancelAsync(connection, "runs", id, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return TypedResults.Ok(await reader.FindAsync(id, cancellationToken) ?? throw Unknown(id));
    }

    private static RefusedException Unknown(Guid id) => RefusedException.NotFound($"there is no run {id}");
}
