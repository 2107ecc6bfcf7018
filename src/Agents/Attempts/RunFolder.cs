using System.Text;
using KernelForge.Agents.Chat;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Attempts;

/// <summary>A run's journal as files of its own folder: <c>attempts.jsonl</c>, and <c>calls.jsonl</c> for what providers answered.</summary>
public sealed class RunFolder : IRunJournal, IAsyncDisposable
{
    private readonly AttemptLog _attempts;
    private readonly string _calls;

    private RunFolder(string folder, AttemptLog attempts)
    {
        Name = PathOfAttempts(folder);
        RunId = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        _attempts = attempts;
        _calls = Path.Combine(folder, "calls.jsonl");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string RunId { get; }

    /// <summary>The attempts of a run's folder.</summary>
    public static string PathOfAttempts(string folder) => Path.Combine(folder, "attempts.jsonl");

    /// <summary>Opens a folder, alone; makes it where it is not there.</summary>
    /// <exception cref="IOException">Another process is writing it.</exception>
    public static RunFolder Open(string folder) => new(folder, AttemptLog.Open(PathOfAttempts(folder)));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AttemptRecord>> ReadAttemptsAsync(CancellationToken cancellationToken)
    {
        List<AttemptRecord> attempts = [];
        await foreach (var attempt in AttemptLog.ReadAsync(Name, cancellationToken))
        {
            attempts.Add(attempt);
        }

        return attempts;
    }

    /// <inheritdoc/>
    public Task AppendAttemptAsync(AttemptRecord attempt) => _attempts.AppendAsync(attempt);

    /// <summary>What the file holds; a half line of a killed process is cut off.</summary>
    public async Task<IReadOnlyList<TranscriptLine>> ReadCallsAsync(CancellationToken cancellationToken)
    {
        var text = File.Exists(_calls) ? await File.ReadAllTextAsync(_calls, cancellationToken) : "";
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length)
        {
            await File.WriteAllTextAsync(_calls, whole, cancellationToken);
        }

        return Transcript.Parse("calls", whole, _ => throw new FileNotFoundException("a recording holds its texts")).Lines;
    }

    /// <inheritdoc/>
    public async Task AppendCallAsync(TranscriptEntry call)
    {
        await using FileStream file = new(_calls, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await file.WriteAsync(Encoding.UTF8.GetBytes(call.ToJson() + "\n"));
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _attempts.DisposeAsync();
}
