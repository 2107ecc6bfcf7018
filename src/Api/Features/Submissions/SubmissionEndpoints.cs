using KernelForge.Api.Rest;
using KernelForge.Api.Work;
using KernelForge.Contracts.Service;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace KernelForge.Api.Features.Submissions;

/// <summary><c>/api/v1/submissions</c>: one solution to judge.</summary>
internal static class SubmissionEndpoints
{
    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/submissions").WithTags("Submissions");
        group.MapPost("", AcceptAsync).WithSummary("Queues a solution to be judged; Idempotency-Key makes it safe to send again")
            .ProducesProblem(400).ProducesProblem(409).ProducesProblem(413);
        group.MapGet("", ListAsync).WithSummary("Submissions, the newest first").ProducesProblem(400);
        group.MapGet("/{id:guid}", FindAsync).WithSummary("A submission: its lifecycle and, separately, the verdict").ProducesProblem(404);
        group.MapDelete("/{id:guid}", CancelAsync).WithSummary("Cancels it; to cancel what has ended is no error").ProducesProblem(404);
        group.MapGet("/{id:guid}/events", (Guid id, long? after, HttpContext context, EventStreams streams) => streams.SendAsync(context, "submissions", id, after))
            .WithSummary("What happens to it, as server-sent events; Last-Event-ID resumes").Produces(200, contentType: "text/event-stream").ProducesProblem(404).ProducesProblem(429);
    }

    private static async Task<Accepted<Contracts.Service.Accepted>> AcceptAsync(
        SubmissionOrder order, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey, Intake intake, CancellationToken cancellationToken)
    {
        var accepted = await intake.AcceptAsync(order, idempotencyKey, cancellationToken);
        return TypedResults.Accepted($"/api/v1/submissions/{accepted.Id}", accepted);
    }

    private static async Task<Ok<Listing<SubmissionStatus>>> ListAsync(string? state, int? limit, string? cursor, SubmissionReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.ListAsync(Lifecycles.Filter(state), Paging.Limit(limit), cursor, cancellationToken));

    private static async Task<Ok<SubmissionStatus>> FindAsync(Guid id, SubmissionReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.FindAsync(id, cancellationToken) ?? throw Unknown(id));

    private static async Task<Ok<SubmissionStatus>> CancelAsync(Guid id, SubmissionReader reader, NpgsqlDataSource database, OwnerStore owners, CancellationToken cancellationToken)
    {
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await owners.CancelAsync(connection, "submissions", id, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return TypedResults.Ok(await reader.FindAsync(id, cancellationToken) ?? throw Unknown(id));
    }

    private static RefusedException Unknown(Guid id) => RefusedException.NotFound($"there is no submission {id}");
}
