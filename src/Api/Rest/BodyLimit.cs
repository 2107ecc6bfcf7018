using Microsoft.AspNetCore.Http.Features;

namespace KernelForge.Api.Rest;

/// <summary>How much a request may send.</summary>
internal static class BodyLimit
{
    /// <summary>Most bytes of a body.</summary>
    public const int MostBytes = 2 * 1024 * 1024;

    /// <summary>
    /// Bytes of a larger body that are still taken, and thrown away: a server that closes while a client sends loses its own answer on the way,
    /// and the client learns nothing.
    /// </summary>
    public const int MostReadBytes = 16 * 1024 * 1024;

    /// <summary>What a larger body is answered with.</summary>
    public static readonly string Message = $"the body is larger than {MostBytes} bytes, the most that is read";

    /// <summary>Refuses a body that says that it is larger; of one that does not say, no more is read.</summary>
    public static Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentLength > MostBytes)
        {
            throw new RefusedException(StatusCodes.Status413PayloadTooLarge, Message);
        }

        if (context.Request.ContentLength is null && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostBytes;
        }

        return next(context);
    }
}
