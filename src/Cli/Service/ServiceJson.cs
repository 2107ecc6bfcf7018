using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KernelForge.Contracts.Json;
using RestEase;

namespace KernelForge.Cli.Service;

/// <summary>RestEase with the contracts' source-generated JSON. What a newer service adds is ignored.</summary>
internal static class ServiceJson
{
    /// <summary>The contracts' description of a type.</summary>
    public static JsonTypeInfo TypeInfo(Type type) =>
        ContractsJson.Default.GetTypeInfo(type) ?? throw new InvalidOperationException($"{type} is not part of {nameof(ContractsJson)}");

    /// <summary>Reads answers.</summary>
    internal sealed class Reader : ResponseDeserializer
    {
        /// <inheritdoc/>
        public override T Deserialize<T>(string? content, HttpResponseMessage response, ResponseDeserializerInfo info)
        {
            try
            {
                return (T)JsonSerializer.Deserialize(content ?? "", TypeInfo(typeof(T)))!;
            }
            catch (JsonException error)
            {
                throw new CliException(
                    ExitCodes.Fault, $"{response.RequestMessage?.RequestUri}: expected {typeof(T).Name} as JSON, found something else: {error.Message}. Is this a KernelForge service of another version?");
            }
        }
    }

    /// <summary>Writes what is sent.</summary>
    internal sealed class Writer : RequestBodySerializer
    {
        private static readonly MediaTypeHeaderValue Json = new("application/json");

        /// <inheritdoc/>
        public override HttpContent? SerializeBody<T>(T body, RequestBodySerializerInfo info)
        {
            ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body, TypeInfo(typeof(T))));
            content.Headers.ContentType = Json;
            return content;
        }
    }
}
