using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>
/// Tasks as files of the data folder, by hash: the evaluator and the sandbox read files. Made from the rows, so any worker has them; a row or a file
/// that is not what its hash names is never judged.
/// </summary>
internal sealed class TaskFiles(NpgsqlDataSource database, ServiceSettings settings)
{
    /// <summary>The task's name and file.</summary>
    /// <exception cref="AlteredRowException">The stored source is not what was hashed.</exception>
    public async Task<(string Name, string Path)> FileOfAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT name, source FROM tasks WHERE sha256 = $1");
        command.Parameters.AddWithValue(sha256);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new InvalidOperationException($"there is no task with hash {sha256}");
        }

        var name = reader.GetString(0);
        var path = Path.Combine(settings.Home, "tasks", sha256, name[(name.LastIndexOf('/') + 1)..] + ".py");
        var source = Checked("task", sha256, reader.GetString(1));
        var there = File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
        if (there is null || !source.AsSpan().SequenceEqual(there))
        {
            await WriteAsync(path, source, cancellationToken);
        }

        return (name, path);
    }

    /// <summary>A solution as a file of a folder that its user removes.</summary>
    /// <exception cref="AlteredRowException">The stored text is not what was hashed.</exception>
    public async Task<string> WriteSolutionAsync(string folder, string sha256, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT code FROM solutions WHERE sha256 = $1");
        command.Parameters.AddWithValue(sha256);
        var code = await command.ExecuteScalarAsync(cancellationToken) as string ?? throw new InvalidOperationException($"there is no solution with hash {sha256}");
        var path = Path.Combine(folder, "solution.cu");
        await WriteAsync(path, Checked("solution", sha256, code), cancellationToken);
        return path;
    }

    private static byte[] Checked(string what, string sha256, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return found == sha256 ? bytes : throw new AlteredRowException(
            $"the stored {what} {sha256} has SHA-256 {found}: something else than KernelForge altered its row; it is not judged. Restore the row, or submit the text again.");
    }

    private static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = $"{path}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(part, bytes, cancellationToken);
        File.Move(part, path, overwrite: true);
    }
}
