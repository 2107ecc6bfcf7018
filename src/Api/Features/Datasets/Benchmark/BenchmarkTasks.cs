using System.Runtime.InteropServices;
using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Datasets.Duplicates;
using KernelForge.Api.Features.Datasets.Lexing;

namespace KernelForge.Api.Features.Datasets.Benchmark;

/// <summary>A version of a task as the database has it.</summary>
internal sealed record TaskText(string Sha256, string Name, string? Kernelbench, string Source);

/// <summary>
/// The tasks that training data is tested on, KernelBench's: every version that the database holds of a task with one of its numbers. A task is one of
/// them by its number, by its file (but for comments, blanks and documentation), by its operators and shapes where a survey found them, or nearly by its
/// tokens (MinHash).
/// </summary>
internal sealed class BenchmarkTasks
{
    // A file without code says nothing: all of them would be the same.
    private const int FewestTokens = 20;

    private readonly SuiteRecords _records;
    private readonly Dictionary<ulong, string> _sources = [];
    private readonly Dictionary<string, string> _operators = new(StringComparer.Ordinal);
    private readonly SimilarSignatures _similar = new();

    /// <summary>The list, from all versions of tasks that have a number.</summary>
    public BenchmarkTasks(IEnumerable<TaskText> tasks, SuiteRecords records)
    {
        _records = records;
        foreach (var task in tasks.Where(task => task.Kernelbench is not null).OrderBy(task => task.Kernelbench, StringComparer.Ordinal).ThenBy(task => task.Sha256, StringComparer.Ordinal))
        {
            var tokens = PythonTokens.Of(task.Source);
            if (tokens.Length >= FewestTokens && _sources.TryAdd(Whole(tokens), task.Kernelbench!))
            {
                _similar.Add(task.Kernelbench!, Signature(tokens));
            }

            if (Operators(task) is { } operators)
            {
                _operators.TryAdd(operators, task.Kernelbench!);
            }
        }
    }

    /// <summary>The benchmark's task that this one is or nearly is, and by what, <c>L1/19 by source</c>; null: none.</summary>
    public string? Match(TaskText task)
    {
        if (task.Kernelbench is { } number)
        {
            return $"{number} by id";
        }

        var tokens = PythonTokens.Of(task.Source);
        if (tokens.Length >= FewestTokens && _sources.TryGetValue(Whole(tokens), out var same))
        {
            return $"{same} by source";
        }

        if (Operators(task) is { } operators && _operators.TryGetValue(operators, out same))
        {
            return $"{same} by operators and shapes";
        }

        return tokens.Length >= FewestTokens && _similar.Find(Signature(tokens)) is { } near ? $"{near} by near source" : null;
    }

    private static ulong Whole(ReadOnlySpan<ulong> tokens) => TokenHash.Of(MemoryMarshal.Cast<ulong, char>(tokens));

    private static uint[] Signature(ReadOnlySpan<ulong> tokens) => MinHash.Signature(tokens, new bool[tokens.Length]);

    /// <summary>Operators in order with their counts, dtypes and shapes of inputs and outputs without names; null where nobody surveyed the file.</summary>
    private string? Operators(TaskText task)
    {
        static string Shape(string tensor) => tensor[(tensor.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return _records.Cost(task.Name, task.Sha256) is not { Cost.Operators.Count: > 0 } record ? null : string.Join(
            '\n',
            [
                .. record.Cost.Operators.Select(item => $"{item.Name} {item.Count}"), "inputs", .. record.Inputs.Select(Shape).Order(StringComparer.Ordinal),
                "outputs", .. record.Outputs.Select(Shape), $"parameters {record.Parameters}",
            ]);
    }
}
