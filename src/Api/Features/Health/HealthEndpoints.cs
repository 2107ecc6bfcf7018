using Npgsql;

namespace KernelForge.Api.Features.Health;

/// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => TypedResults.Ok(new Dictionary<string, string> { ["status"] = "live" })).WithTags("Health").WithSummary("The process answers");
        app.MapGet("/health/ready", ReadyAsync).WithTags("Health").WithSummary("It can do its work: the database answers").Produces(200).ProducesProblem(503);
    }

    private static async Task<IResult> ReadyAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(patience.Token);
            return TypedResults.Ok(new Dictionary<string, string> { ["status"] = "ready" });
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status503ServiceUnavailable, detail: $"the database does not answer: {error.Message}");
        }
    }
}
