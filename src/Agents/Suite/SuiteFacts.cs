using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Suite;

/// <summary>What is recorded of tasks, the suite's and the imported ones: looked up, never written.</summary>
public sealed class SuiteFacts
{
    private readonly IReadOnlyList<SuiteRecords> _records;

    private SuiteFacts(params IReadOnlyList<SuiteRecords> records) => _records = records;

    /// <summary>Nothing is known.</summary>
    public static SuiteFacts None { get; } = new();

    /// <summary>Reads the records of a repository and of a data folder.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static SuiteFacts Load(string root, string home) => new(SuiteRecords.Load(root), SuiteRecords.LoadImported(home));

    /// <summary>What the audit looked at in that version of a task; empty where there was none.</summary>
    public IReadOnlyList<AuditEvidence> Evidence(string name, string sha256) =>
        _records.Select(records => records.Audit(name, sha256)).FirstOrDefault(record => record is not null)?.Evidence ?? [];

    /// <summary>The cost of that version of a task; null where nobody priced it.</summary>
    public SpeedOfLight? Cost(string name, string sha256) =>
        _records.Select(records => records.Cost(name, sha256)).FirstOrDefault(record => record is not null)?.Cost;
}
