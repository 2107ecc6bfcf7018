using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using KernelForge.Contracts.Json;

namespace KernelForge.Api.Rest;

/// <summary>JSON of the REST API: the contracts' own, strict in what it reads.</summary>
internal static class RestJson
{
    /// <summary>Settings of the contracts hold for their own context only, so they are said again here.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.AllowOutOfOrderMetadataProperties = true;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.NumberHandling = JsonNumberHandling.Strict;

        // The answers are application/json and never part of a page; code stays readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolverChain.Insert(0, ContractsJson.Default);
    }
}
