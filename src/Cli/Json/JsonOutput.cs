using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KernelForge.Cli.Json;

/// <summary>One JSON document on standard output.</summary>
internal static class JsonOutput
{
    private static readonly CliJson Readable = new(new JsonSerializerOptions(CliJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Writes one of this program's own documents.</summary>
    public static Task WriteAsync<T>(TextWriter writer, T value, Func<CliJson, JsonTypeInfo<T>> type) =>
        writer.WriteLineAsync(JsonSerializer.Serialize(value, type(Readable)));
}
