using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KernelForge.Evaluator.Compilation;

/// <summary>
/// Replies by content: <c>HOME/cache/compile/ab/abcd….json</c>. A file is the SHA-256 of what follows, a newline, and the
/// reply; it appears whole (rename), and one that does not match its hash is made anew.
/// </summary>
internal sealed class CompileCache(string home)
{
    private const int HashLength = 64;
    private readonly string _folder = Path.Combine(home, "cache", "compile");

    /// <summary>The key of a request to one compiler.</summary>
    public static string Key(CompilerRequest request, string compilerIdentity)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(request, CompileJson.Default.CompilerRequest);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{typeof(CompileCache).Module.ModuleVersionId}\n{compilerIdentity}\n"));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The reply kept; null where there is none or it is damaged.</summary>
    public async Task<CompilerReply?> FindAsync(string key, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(PathOf(key), cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (bytes.Length <= HashLength + 1
            || Encoding.ASCII.GetString(bytes, 0, HashLength) != Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(HashLength + 1))))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(bytes.AsSpan(HashLength + 1), CompileJson.Default.CompilerReply);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps a reply. A cache that cannot be written is no reason to fail.</summary>
    public async Task KeepAsync(string key, CompilerReply reply, CancellationToken cancellationToken)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(reply, CompileJson.Default.CompilerReply);
        byte[] head = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body)) + "\n");
        string path = PathOf(key);
        string temporary = $"{path}.{Environment.ProcessId}.{Guid.NewGuid():n}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(temporary, [.. head, .. body], cancellationToken);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Its folder could not even be made.
        }
    }

    internal string PathOf(string key) => Path.Combine(_folder, key[..2], key + ".json");
}
