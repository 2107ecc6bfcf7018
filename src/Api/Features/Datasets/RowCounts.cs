using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Counts rows as they pass: one number a task, model and device, never a row.</summary>
internal sealed class RowCounts
{
    private readonly SortedDictionary<string, long> _splits = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _models = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _devices = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _categories = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tasks = new(StringComparer.Ordinal);
    private long _rows;

    /// <summary>Counts a row.</summary>
    public void Add(AttemptRecord record, string split)
    {
        _rows++;
        _tasks.Add(record.Task);
        Count(_splits, split);
        Count(_kinds, record.Kind);
        Count(_models, record.Model);
        Count(_devices, $"{record.Outcome.Environment.Platform} {record.Outcome.Environment.Device}");
        Count(_categories, record.Category ?? "none");
    }

    /// <summary>The counts.</summary>
    public DatasetCounts ToCounts() => new() { Rows = _rows, Tasks = _tasks.Count, Splits = _splits, AttemptKinds = _kinds, Models = _models, Devices = _devices, Categories = _categories };

    private static void Count(SortedDictionary<string, long> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
