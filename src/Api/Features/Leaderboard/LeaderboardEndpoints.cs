using KernelForge.Api.Rest;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KernelForge.Api.Features.Leaderboard;

/// <summary><c>/api/v1/leaderboard</c>.</summary>
internal static class LeaderboardEndpoints
{
    /// <summary>Maps it.</summary>
    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/leaderboard", ReadAsync).WithTags("Leaderboard")
        .WithSummary("A board: verified solutions, ranked in each task and class by speed-up").ProducesProblem(400);

    private static async Task<Ok<Contracts.Service.Leaderboard>> ReadAsync(
        string? platform, string? device, string? baseline, string? category, string? task, string? kind, string? precision, string? include, int? limit, string? cursor,
        LeaderboardReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.ReadAsync(BoardQuery.Of(platform, device, baseline, category, task, kind, precision, include), Paging.Limit(limit), cursor, cancellationToken));
}
