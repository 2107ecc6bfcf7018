using System.Runtime.CompilerServices;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Attempts;

/// <summary>
/// A file of attempts, one JSON line each. A line is on the disk before <see cref="AppendAsync"/> returns, and a line that a
/// killed process left half written is cut off when the file is next opened: what is finished is never lost, what is
/// not finished never shows.
/// </summary>
public sealed class AttemptLog : IAsyncDisposable
{
    private readonly FileStream _file;

    private AttemptLog(FileStream file) => _file = file;

    /// <summary>Opens a file for appending, alone; makes it and its folder where they are not there.</summary>
    /// <exception cref="IOException">Another process is writing it.</exception>
    public static AttemptLog Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            CutHalfLine(file);
            return new AttemptLog(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends an attempt durably. Not cancellable: a finished round is written.</summary>
    public async Task AppendAsync(AttemptRecord attempt)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(attempt, ContractsJson.Default.AttemptRecord), (byte)'\n'];
        await _file.WriteAsync(line);
        await _file.FlushAsync();
        _file.Flush(flushToDisk: true);
    }

    /// <summary>Reads the attempts of a file in order; none where it is not there. A half line at the end is left out.</summary>
    /// <exception cref="InvalidDataException">A whole line is not an attempt; the message names it.</exception>
    public static async IAsyncEnumerable<AttemptRecord> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(file);
        var text = await reader.ReadToEndAsync(cancellationToken);
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            if (lines[i].Length > 0)
            {
                yield return Parse(path, i + 1, lines[i]);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static AttemptRecord Parse(string path, int number, string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ContractsJson.Default.AttemptRecord) ?? throw new InvalidDataException($"{path}:{number}: expected an attempt, found null");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidDataException($"{path}:{number}: {exception.Message}", exception);
        }
    }

    private static void CutHalfLine(FileStream file)
    {
        var end = file.Length;
        while (end > 0)
        {
            file.Position = end - 1;
            if (file.ReadByte() == '\n')
            {
                break;
            }

            end--;
        }

        file.SetLength(end);
        file.Position = end;
    }
}
