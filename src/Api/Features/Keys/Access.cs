using System.Net;
using System.Text;
using KernelForge.Api.Rest;
using Npgsql;

namespace KernelForge.Api.Features.Keys;

/// <summary>
/// Who may ask what. A caller on this machine needs no key; every other one needs one with the scope: <c>read</c> to look, <c>submit</c> to change,
/// as a Bearer token or, for browsers, as the password of Basic. Pages of other sites get nothing done through a user's browser: a change
/// with another <c>Origin</c> is refused, and so is a name that was made to point here (DNS rebinding).
/// </summary>
internal sealed class Access(RequestDelegate next, NpgsqlDataSource database, ServiceSettings settings)
{
    /// <summary>Setting: further names of this service, <c>,</c> between them. Who asks by one of them needs a key, from this machine too: a proxy may stand there.</summary>
    public const string HostsSetting = "KERNELFORGE_HOSTS";

    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";
    private readonly HashSet<string> _hosts = new((settings.Setting(HostsSetting) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);

    /// <summary>Lets a request through, or refuses it.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        if (IsHere(context.Connection.LocalIpAddress) && !Addresses.IsLoopbackName(request.Host.Host) && !_hosts.Contains(request.Host.Host))
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"Host: expected a name of this machine such as localhost or 127.0.0.1, found '{request.Host.Host}'; {HostsSetting} names further ones",
                "Host");
        }

        if (changes && IsForeign(request))
        {
            throw new RefusedException(StatusCodes.Status403Forbidden, $"Origin: a page of another site, '{request.Headers.Origin}', may change nothing here", "Origin");
        }

        if (!IsTrusted(context) && !request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            await RequireKeyAsync(context, context.GetEndpoint()?.Metadata.GetMetadata<NeedsScope>()?.Scope ?? (changes ? "submit" : "read"));
        }

        await next(context);
    }

    private static bool IsHere(IPAddress? address) => address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>A user of this machine: nothing about the request says that it came from elsewhere.</summary>
    private static bool IsTrusted(HttpContext context) =>
        IsHere(context.Connection.LocalIpAddress) && IsHere(context.Connection.RemoteIpAddress) && Addresses.IsLoopbackName(context.Request.Host.Host)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For") && !context.Request.Headers.ContainsKey("Forwarded");

    private static bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"] == "cross-site" || (origin.Length > 0 && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
    }

    private async Task RequireKeyAsync(HttpContext context, string scope)
    {
        var key = KeyOf(context.Request.Headers.Authorization.ToString());
        if (key is null || await ApiKeys.ScopesOfAsync(database, key, context.RequestAborted) is not { } scopes)
        {
            throw new RefusedException(
                StatusCodes.Status401Unauthorized,
                key is null ? "expected an API key: Authorization: Bearer KEY; ./kernelforge key create NAME makes one" : "the API key is not known, or was revoked; ./kernelforge key create NAME makes a new one");
        }

        if (!ApiKeys.Allow(scopes, scope))
        {
            throw new RefusedException(StatusCodes.Status403Forbidden, $"this needs an API key with scope {scope}; this one has {string.Join(", ", scopes)}");
        }
    }

    private static string? KeyOf(string authorization)
    {
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(authorization[Basic.Length..].Trim()));
            return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
