using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace KernelForge.Agents.Chat.Decorators;

/// <summary>Which answers are kept to be given again.</summary>
internal enum CachePolicy
{
    /// <summary>None.</summary>
    Off,

    /// <summary>Those that the provider would give again: temperature 0, or a seed.</summary>
    Deterministic,

    /// <summary>All: repeated experiments cost nothing and say nothing about the model's spread.</summary>
    Always,
}

/// <summary>Answers on the disk under the SHA-256 of all that they depend on: server, model, messages, sampling.</summary>
/// <param name="folder">The cache's folder; processes share it.</param>
internal sealed class AnswerCache(string folder)
{
    /// <summary>The address of an answer.</summary>
    /// <param name="model">The model's whole name.</param>
    /// <param name="address">Its server.</param>
    /// <param name="messages">What is sent.</param>
    /// <param name="options">How it is sampled.</param>
    public static string KeyOf(string model, Uri address, IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartArray();
            json.WriteStringValue("1");
            json.WriteStringValue(model);
            json.WriteStringValue(address.AbsoluteUri);
            foreach (var message in messages)
            {
                json.WriteStringValue(message.Role.Value);
                json.WriteStringValue(message.Text);
            }

            json.WriteStringValue(JsonSerializer.Serialize(CallSampling.Of(options), TranscriptJson.Default.SamplingSettings));
            json.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }

    /// <summary>An answer; null where there is none.</summary>
    public async Task<TranscriptEntry?> FindAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return TranscriptEntry.Parse(await File.ReadAllTextAsync(PathOf(key), cancellationToken));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // Not there, or of another version: asked and written anew.
            return null;
        }
    }

    /// <summary>Keeps an answer: written whole beside its place, then renamed.</summary>
    public async Task KeepAsync(string key, TranscriptEntry answer)
    {
        var path = PathOf(key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var written = $"{path}.{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(written, answer.ToJson(), CancellationToken.None);
        File.Move(written, path, overwrite: true);
    }

    private string PathOf(string key) => Path.Combine(folder, key[..2], $"{key}.json");
}
