using System.Collections.Concurrent;
using KernelForge.Agents.Suite;
using KernelForge.Api.Rest;
using Npgsql;

namespace KernelForge.Api.Features.Tasks;

/// <summary>A version of a task as orders name it.</summary>
internal sealed record TaskVersion(string Sha256, string Name, string? Category, IReadOnlyList<string> Presets);

/// <summary>Finds tasks by what people call them. Answers are kept for a moment: accepting work must not ask each time.</summary>
internal sealed class TaskNames(NpgsqlDataSource database, TimeProvider time)
{
    private const string KernelBench = "kernelbench:";
    private const int MostKept = 2000;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, (TaskVersion Task, long At)> _found = new(StringComparer.Ordinal);

    /// <summary>The task that an order's <c>task</c> means: a name, <c>kernelbench:L1/26</c>, or a hash.</summary>
    /// <exception cref="RefusedException">There is none; the message names those that are near.</exception>
    public async Task<TaskVersion> FindAsync(string text, CancellationToken cancellationToken)
    {
        Texts.Name("task", text);
        if (_found.TryGetValue(text, out var known) && time.GetElapsedTime(known.At) < Kept)
        {
            return known.Task;
        }

        var task = await ReadAsync(text, cancellationToken) ?? throw RefusedException.Bad("task", await UnknownAsync(text, cancellationToken));
        if (_found.Count >= MostKept)
        {
            _found.Clear();
        }

        _found[text] = (task, time.GetTimestamp());
        return task;
    }

    /// <summary>Says that there is no such task, and which names are near.</summary>
    public async Task<string> UnknownAsync(string text, CancellationToken cancellationToken)
    {
        List<string> names = [];
        await using (var command = database.CreateCommand("SELECT name FROM tasks WHERE current"))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                names.Add(reader.GetString(0));
            }
        }

        var near = NearNames.Of(text, names);
        var hint = near.Count > 0 ? $"did you mean {string.Join(" or ", near)}?" : "GET /api/v1/tasks lists them all.";
        return $"there is no task '{text}'; {hint} A task is a name such as activation/gelu, kernelbench:L1/26, or the SHA-256 of a task that the service holds.";
    }

    private async Task<TaskVersion?> ReadAsync(string text, CancellationToken cancellationToken)
    {
        var condition = text.StartsWith(KernelBench, StringComparison.OrdinalIgnoreCase) ? "current AND lower(kernelbench) = lower($1)"
            : text.Length == 64 && text.All(char.IsAsciiHexDigitLower) ? "sha256 = $1"
            : "current AND name = $1";
        await using var command = database.CreateCommand($"SELECT sha256, name, category, presets FROM tasks WHERE {condition} ORDER BY origin IS NOT DISTINCT FROM 'imported', name LIMIT 1");
        command.Parameters.AddWithValue(text.StartsWith(KernelBench, StringComparison.OrdinalIgnoreCase) ? text[KernelBench.Length..] : text);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new TaskVersion(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<string[]>(3))
            : null;
    }
}
