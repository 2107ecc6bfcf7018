using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KernelForge.Api.Pages;

/// <summary>The style sheet, the script and the icon. They lie in the assembly, and their addresses carry a hash, so that browsers keep them for good.</summary>
internal static class PageAssets
{
    private static readonly Dictionary<string, (byte[] Content, string Type)> Files = new(StringComparer.Ordinal)
    {
        ["site.css"] = (Read("site.css"), "text/css; charset=utf-8"),
        ["site.js"] = (Read("site.js"), "text/javascript; charset=utf-8"),
        ["icon.svg"] = (Read("icon.svg"), "image/svg+xml"),
    };

    public static string Style { get; } = Address("site.css");

    public static string Script { get; } = Address("site.js");

    public static string Icon { get; } = Address("icon.svg");

    /// <summary>This software's version.</summary>
    public static string Version { get; } = typeof(PageAssets).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Maps <c>/assets/{name}</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{name}", Results<FileContentHttpResult, NotFound> (string name, HttpResponse response) =>
        {
            if (!Files.TryGetValue(name, out var file))
            {
                return TypedResults.NotFound();
            }

            response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return TypedResults.File(file.Content, file.Type);
        }).ExcludeFromDescription();

    private static string Address(string name) => $"/assets/{name}?v={Convert.ToHexStringLower(SHA256.HashData(Files[name].Content))[..12]}";

    private static byte[] Read(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream("assets/" + name) ?? throw new InvalidOperationException($"the assembly has no asset {name}");
        using MemoryStream content = new();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
