using KernelForge.Api.Rest;
using KernelForge.Contracts.Service;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KernelForge.Api.Features.Solutions;

/// <summary><c>/api/v1/solutions</c>.</summary>
internal static class SolutionEndpoints
{
    private const int HashLength = 64;

    /// <summary>Maps them.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/solutions/{sha256}").WithTags("Solutions");
        group.MapGet("", FindAsync).WithSummary("A solution by its SHA-256, with the verdicts on it, the newest first").ProducesProblem(404);
        group.MapGet("/code", CodeAsync).WithSummary("Its text, byte for byte what was judged").Produces<string>(200, "text/plain").ProducesProblem(404);
    }

    private static async Task<Ok<SolutionDetails>> FindAsync(string sha256, SolutionReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reader.FindAsync(Hash(sha256), cancellationToken) ?? throw Unknown(sha256));

    private static async Task<ContentHttpResult> CodeAsync(string sha256, SolutionReader reader, HttpContext context, CancellationToken cancellationToken)
    {
        var code = await reader.CodeAsync(Hash(sha256), cancellationToken) ?? throw Unknown(sha256);
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Text(code, "text/plain", System.Text.Encoding.UTF8);
    }

    private static string Hash(string sha256) => sha256.Length == HashLength && sha256.All(char.IsAsciiHexDigitLower) ? sha256 : throw Unknown(sha256);

    private static RefusedException Unknown(string sha256) => RefusedException.NotFound($"there is no solution {sha256}; a solution is named by the SHA-256 of its text, 64 hexadecimal digits in lower case");
}
