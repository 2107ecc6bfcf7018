namespace KernelForge.Api.Features.Workers;

/// <summary><c>/api/v1/workers</c>.</summary>
internal static class WorkerEndpoints
{
    /// <summary>Maps it.</summary>
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/workers", async (WorkerReader reader, CancellationToken cancellationToken) => TypedResults.Ok(await reader.ListAsync(cancellationToken)))
            .WithTags("Workers").WithSummary("The processes that run steps, and when each was last seen");
}
