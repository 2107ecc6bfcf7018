using System.Security.Cryptography;
using System.Text;

namespace KernelForge.Evaluator.Reference;

/// <summary>The worker's Python files: embedded here, so that they are always of this build, and unpacked beside the cache.</summary>
internal static class WorkerFiles
{
    private const string Prefix = "worker/";

    private static readonly IReadOnlyDictionary<string, byte[]> Files = Load();

    /// <summary>SHA-256 of all files: part of every cache key.</summary>
    public static string Version { get; } = ComputeVersion();

    /// <summary>Unpacks the files into a folder under <paramref name="root"/> and returns it. Safe for two processes at once.</summary>
    public static string Unpack(string root)
    {
        var target = Path.Combine(root, $"worker-{Version[..16]}");
        if (Files.All(file => File.Exists(Path.Combine(target, file.Key)) && new FileInfo(Path.Combine(target, file.Key)).Length == file.Value.Length))
        {
            return target;
        }

        Directory.CreateDirectory(target);
        foreach (var (name, bytes) in Files)
        {
            var temporary = Path.Combine(target, $"{name}.{Guid.NewGuid():N}");
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, Path.Combine(target, name), overwrite: true);
        }

        return target;
    }

    private static Dictionary<string, byte[]> Load()
    {
        var assembly = typeof(WorkerFiles).Assembly;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            files[name[Prefix.Length..]] = bytes;
        }

        return files;
    }

    private static string ComputeVersion()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in Files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
