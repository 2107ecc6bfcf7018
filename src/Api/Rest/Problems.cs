using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KernelForge.Contracts.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace KernelForge.Api.Rest;

/// <summary>Whatever goes wrong with a request, as problem details (RFC 9457): <c>status</c>, <c>title</c>, <c>detail</c>, and <c>field</c> where one is to blame.</summary>
internal sealed partial class Problems(ILogger<Problems> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail, field) = Read(exception, httpContext);
        switch (status)
        {
            case StatusCodes.Status500InternalServerError:
                RequestBroke(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
                break;
            case StatusCodes.Status503ServiceUnavailable:
                RequestTurnedAway(logger, httpContext.Request.Method, httpContext.Request.Path, exception.Message);
                httpContext.Response.Headers.RetryAfter = "2";
                break;
            case StatusCodes.Status429TooManyRequests:
                httpContext.Response.Headers.RetryAfter = "2";
                break;
            case StatusCodes.Status401Unauthorized:
                httpContext.Response.Headers.WWWAuthenticate = "Bearer realm=\"KernelForge\", Basic realm=\"KernelForge\", charset=\"UTF-8\"";
                break;
        }

        await WriteAsync(httpContext, status, detail, field);
        return true;
    }

    /// <summary>Answers with a problem.</summary>
    public static Task WriteAsync(HttpContext context, int status, string detail, string? field = null)
    {
        ProblemDetails problem = new() { Status = status, Detail = detail };
        if (field is not null)
        {
            problem.Extensions["field"] = field;
        }

        return Results.Problem(problem).ExecuteAsync(context);
    }

    /// <summary>Answers without a body of their own, such as 404 and 405 of the router.</summary>
    public static Task WriteEmptyAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        if (!IsApi(context.Request.Path))
        {
            return status.Next(context);
        }

        var what = $"{context.Request.Method} {context.Request.Path}";
        return WriteAsync(context, context.Response.StatusCode, context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"there is no {what}; /openapi/v1.json lists what there is",
            StatusCodes.Status405MethodNotAllowed => $"{what}: this address knows {string.Join(", ", context.Response.Headers.Allow.ToArray())}",
            StatusCodes.Status413PayloadTooLarge => BodyLimit.Message,
            StatusCodes.Status415UnsupportedMediaType => $"{what}: expected a body of type application/json, found '{context.Request.ContentType}'",
            var other => $"{what} was answered with status {other}",
        });
    }

    /// <summary>Whether programs, not people, ask there.</summary>
    public static bool IsApi(PathString path) => path.StartsWithSegments("/api", StringComparison.Ordinal) || path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/openapi", StringComparison.Ordinal);

    private static (int Status, string Detail, string? Field) Read(Exception exception, HttpContext context) => exception switch
    {
        RefusedException refused => (refused.Status, refused.Message, refused.Field),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => (StatusCodes.Status413PayloadTooLarge, BodyLimit.Message, null),
        BadHttpRequestException { InnerException: JsonException json } => BadBody(json, context),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } bad => (bad.StatusCode, $"expected a body of type application/json: {bad.Message}", null),
        BadHttpRequestException { InnerException: null } bad when BodyOf(context) is not null && bad.Message.Contains("no body was provided", StringComparison.Ordinal) =>
            (bad.StatusCode, "expected a JSON object as the body, found none; /openapi/v1.json describes it", null),
        BadHttpRequestException bad => (bad.StatusCode, bad.InnerException is { } inner ? $"{bad.Message} {inner.Message}" : bad.Message, null),
        JsonException json => BadBody(json, context),

        // Of System.Text.Json: a member that says which kind of thing follows is missing.
        NotSupportedException { Source: "System.Text.Json" } json => (StatusCodes.Status400BadRequest, $"the body cannot be read: {json.Message}", null),
        PostgresException { IsTransient: false } => (StatusCodes.Status500InternalServerError, "a fault of the service; its log says more", null),
        NpgsqlException or TimeoutException => (StatusCodes.Status503ServiceUnavailable, "the database cannot be reached now; nothing was stored; try again", null),
        _ => (StatusCodes.Status500InternalServerError, "a fault of the service; its log says more", null),
    };

    private static (int Status, string Detail, string? Field) BadBody(JsonException error, HttpContext context)
    {
        var (detail, field) = BodyProblem.Of(error, BodyOf(context));
        return (StatusCodes.Status400BadRequest, detail, field);
    }

    /// <summary>Members of the body that the address takes; null: none, or it does not say.</summary>
    private static JsonTypeInfo? BodyOf(HttpContext context) =>
        (context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint())?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is { } type
            ? ContractsJson.Default.GetTypeInfo(type)
            : null;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} broke")]
    private static partial void RequestBroke(ILogger logger, Exception error, string method, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} was turned away: {Reason}")]
    private static partial void RequestTurnedAway(ILogger logger, string method, string path, string reason);
}
