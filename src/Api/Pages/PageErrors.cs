using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace KernelForge.Api.Pages;

/// <summary>Headers of every page, and pages for what goes wrong.</summary>
internal static partial class PageErrors
{
    /// <summary>Everything from this server, nothing written into the page itself.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Middleware around every page.</summary>
    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        try
        {
            if (context.Request.Query.Any(parameter => parameter.Value.Any(value => value?.Contains('\0', StringComparison.Ordinal) == true)))
            {
                throw new BadHttpRequestException("a parameter holds a NUL character");
            }

            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status404NotFound, HasStarted: false, ContentType: null })
            {
                await WebPages.NotFound($"There is no page {context.Request.Path}.").ExecuteAsync(context);
            }
            else if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null } refused)
            {
                await Refused(refused.StatusCode, context.Request.Path).ExecuteAsync(context);
            }
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await Refused(error.StatusCode, context.Request.Path).ExecuteAsync(context);
        }
        catch (Exception error) when (error is not OperationCanceledException && !context.Response.HasStarted)
        {
            PageFailed(context.RequestServices.GetRequiredService<ILogger<ProblemPage>>(), context.Request.Path, context.TraceIdentifier, error);
            await Failed(error, context.TraceIdentifier).ExecuteAsync(context);
        }
    }

    private static RazorComponentResult Refused(int status, PathString path) =>
        WebPages.Show<ProblemPage>(new ProblemView("This request was not understood", $"{path} answered {status}.", "Check the address and its filters, or start from the overview."), status);

    private static RazorComponentResult Failed(Exception error, string trace) => IsDatabase(error)
        ? WebPages.Show<ProblemPage>(
            new ProblemView("The database does not answer", "Nothing is lost: accepted work is kept and goes on when it is back.", "Try again in a moment. If it stays like this, `./kernelforge doctor` says what is wrong."),
            StatusCodes.Status503ServiceUnavailable)
        : WebPages.Show<ProblemPage>(
            new ProblemView("This page failed", $"That is our fault. The service's log has the error under {trace}.", "Try again; if it happens again, report it with that line of the log."),
            StatusCodes.Status500InternalServerError);

    private static bool IsDatabase(Exception error) => error is NpgsqlException or TimeoutException || (error.InnerException is { } inner && IsDatabase(inner));

    [LoggerMessage(Level = LogLevel.Error, Message = "page {Path} failed, request {Trace}")]
    private static partial void PageFailed(ILogger logger, PathString path, string trace, Exception error);
}
