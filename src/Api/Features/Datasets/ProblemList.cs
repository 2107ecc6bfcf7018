using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>What a verification found, bounded.</summary>
internal sealed class ProblemList
{
    private readonly List<DatasetProblem> _items = [];

    /// <summary>How many were found, listed or not.</summary>
    public int Count { get; private set; }

    /// <summary>Those that are listed; the last says how many are not.</summary>
    public IReadOnlyList<DatasetProblem> Items => Count > _items.Count
        ? [.. _items, new DatasetProblem { File = "manifest.json", Message = $"{Count - _items.Count} more problems are not listed" }]
        : _items;

    /// <summary>Adds one.</summary>
    public void Add(string file, long? line, string message)
    {
        if (Count++ < DatasetVerifier.MostProblems)
        {
            _items.Add(new DatasetProblem { File = file, Line = line, Message = message });
        }
    }
}
