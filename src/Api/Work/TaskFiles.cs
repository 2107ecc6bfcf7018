using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>Tasks as files of the data folder, by hash: the evaluator and the sandbox read files. Made from the rows, so any worker has them.</summary>
internal sealed class TaskFiles(NpgsqlDataSource database, ServiceSettings settings)
{
    /// <summary>The task's name and file.</summary>
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
        if (!File.Exists(path))
        {
            await WriteAsync(path, reader.GetString(1), cancellationToken);
        }

        return (name, path);
    }

    /// <summary>A solution as a file of a folder that its user removes.</summary>
    public async Task<string> WriteSolutionAsync(string folder, string sha256, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT code FROM solutions WHERE sha256 = $1");
        command.Parameters.AddWithValue(sha256);
        var code = await command.ExecuteScalarAsync(cancellationToken) as string ?? throw new InvalidOperationException($"there is no solution with hash {sha256}");
        var path = Path.Combine(folder, "solution.cu");
        await WriteAsync(path, code, cancellationToken);
        return path;
    }

    private static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var part = $"{path}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(part, System.Text.Encoding.UTF8.GetBytes(text), cancellationToken);
        File.Move(part, path, overwrite: true);
    }
}
