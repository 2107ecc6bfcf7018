using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KernelForge.Evaluator.Reference;

/// <summary>What lies in one folder of the cache, with a checksum a file.</summary>
internal sealed record CacheEntry
{
    /// <summary>Files but this one: length and CRC-32C by name.</summary>
    public required IReadOnlyDictionary<string, CachedFile> Files { get; init; }
}

/// <summary>Length in bytes and CRC-32C of a file.</summary>
internal sealed record CachedFile(long Length, uint Crc);

/// <summary>
/// Folders by key under <c>cache/reference</c>: written beside and renamed, so that half an entry is never seen; checked
/// when read, so that a damaged one is made again; bounded, the entries that were used longest ago going first.
/// </summary>
internal sealed class ReferenceCache(string root, long limitBytes, TimeProvider time)
{
    private const string EntryFile = "entry.json";
    private static readonly TimeSpan InUse = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(20);

    /// <summary>Root of the cache.</summary>
    public string Root { get; } = root;

    /// <summary>The key of some facts: SHA-256, hex.</summary>
    public static string Key(params IEnumerable<string> facts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', facts))));

    /// <summary>The entry's folder when it is there and whole; a damaged one is removed.</summary>
    public string? Find(string key)
    {
        var folder = FolderOf(key);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        if (IsWhole(folder))
        {
            Touch(folder);
            return folder;
        }

        Delete(folder);
        return null;
    }

    /// <summary>Takes a folder (on the same file system, see <see cref="NewStaging"/>) over as an entry; when another process was first, its entry stays.</summary>
    /// <exception cref="ReferenceUnavailableException">The disk is full.</exception>
    /// <exception cref="TaskFileException">The task's code put links there, which would be followed outside the sandbox.</exception>
    public string Add(string key, string staged)
    {
        var folder = FolderOf(key);
        if (new DirectoryInfo(staged).EnumerateFileSystemInfos().Any(f => f.LinkTarget is not null || f is DirectoryInfo))
        {
            Delete(staged);
            throw new TaskFileException("the task's code put links or folders among its tensors");
        }

        try
        {
            var files = new DirectoryInfo(staged).EnumerateFiles().ToDictionary(f => f.Name, f => new CachedFile(f.Length, Checksum(f.FullName)), StringComparer.Ordinal);
            File.WriteAllBytes(Path.Combine(staged, EntryFile), JsonSerializer.SerializeToUtf8Bytes(new CacheEntry { Files = files }, ReferenceJson.Default.CacheEntry));
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            Directory.Move(staged, folder);
        }
        catch (IOException error) when (IsDiskFull(error))
        {
            throw DiskFull(Root, error);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Delete(staged);
        }

        return folder;
    }

    /// <summary>A new empty folder to build an entry in.</summary>
    public string NewStaging()
    {
        var folder = Path.Combine(Root, "staging", Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (IOException error) when (IsDiskFull(error))
        {
            throw DiskFull(Root, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(error);
        }

        return folder;
    }

    /// <summary>An exclusive lock across processes; it goes with the process that holds it.</summary>
    public async Task<IDisposable> LockAsync(string key, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(Root, "locks");
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder);

                // FileShare.None is an advisory flock on Linux. The file stays: removing it would let two in.
                return new FileStream(Path.Combine(folder, key + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException error) when (IsLocked(error))
            {
                await Task.Delay(LockRetry, time, cancellationToken);
            }
            catch (IOException error) when (IsDiskFull(error))
            {
                throw DiskFull(Root, error);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw NotWritable(error);
            }
        }
    }

    /// <summary>Removes the entries that were used longest ago until the cache fits, and what broken processes left in staging.</summary>
    public void Trim()
    {
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var stale in Subfolders(Path.Combine(Root, "staging")).Where(f => now - f.LastWriteTimeUtc > TimeSpan.FromHours(6)))
        {
            Delete(stale.FullName);
        }

        var entries = Subfolders(Path.Combine(Root, "entries")).SelectMany(f => Subfolders(f.FullName))
            .Select(f => (Folder: f, Size: SizeOf(f.FullName), Used: File.GetLastWriteTimeUtc(Path.Combine(f.FullName, EntryFile))))
            .OrderBy(e => e.Used).ToList();
        var total = entries.Sum(e => e.Size);
        foreach (var entry in entries.TakeWhile(e => now - e.Used > InUse))
        {
            if (total <= limitBytes)
            {
                return;
            }

            Delete(entry.Folder.FullName);
            total -= entry.Size;
        }
    }

    /// <summary>Bytes of all files in a folder and its subfolders; what vanishes meanwhile counts nothing.</summary>
    public static long SizeOf(string folder)
    {
        long size = 0;
        try
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                size += file.Length;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Being moved or removed.
        }

        return size;
    }

    /// <summary>What, where and the remedy.</summary>
    public static ReferenceUnavailableException DiskFull(string folder, Exception? inner) =>
        new($"no space left on the disk of {folder} for reference tensors: free some (rm -r {folder} is safe while nothing runs), or set KERNELFORGE_HOME to a folder on a larger disk", inner);

    /// <summary>Removes a folder as far as possible.</summary>
    public static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process removes it too; the next trim takes what is left.
        }
    }

    private ReferenceUnavailableException NotWritable(Exception error) =>
        new($"the reference cache {Root} cannot be written: {error.Message}; set KERNELFORGE_HOME to a folder that can", error);

    // EWOULDBLOCK: somebody else holds it. Anything else would be waited for without end.
    private static bool IsLocked(IOException error) => (error.HResult & 0xFFFF) is 11;

    internal static bool IsDiskFull(IOException error) => (error.HResult & 0xFFFF) is 28 or 122;

    private static IEnumerable<DirectoryInfo> Subfolders(string folder) =>
        Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateDirectories() : [];

    private static bool IsWhole(string folder)
    {
        try
        {
            var entry = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, EntryFile)), ReferenceJson.Default.CacheEntry);
            return entry is not null && entry.Files.All(file =>
            {
                var path = Path.Combine(folder, file.Key);
                return File.Exists(path) && new FileInfo(path).Length == file.Value.Length && Checksum(path) == file.Value.Crc;
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return false;
        }
    }

    // Hardware CRC-32C over eight bytes at a time: several GB/s, so that warm entries are checked in full.
    private static uint Checksum(string path)
    {
        using var handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var buffer = new byte[1 << 18];
        uint crc = 0;
        long offset = 0;
        int read;
        while ((read = RandomAccess.Read(handle, buffer, offset)) > 0)
        {
            offset += read;
            var words = MemoryMarshal.Cast<byte, ulong>(buffer.AsSpan(0, read & ~7));
            foreach (var word in words)
            {
                crc = BitOperations.Crc32C(crc, word);
            }

            foreach (var rest in buffer.AsSpan(read & ~7, read & 7))
            {
                crc = BitOperations.Crc32C(crc, rest);
            }
        }

        return crc;
    }

    private void Touch(string folder)
    {
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(folder, EntryFile), time.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A read-only cache still serves.
        }
    }

    private string FolderOf(string key) => Path.Combine(Root, "entries", key[..2], key);
}
