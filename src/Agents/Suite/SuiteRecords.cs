using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Suite;

/// <summary>
/// What surveys of the suite found, kept beside it: <c>audit.json</c> and <c>speed-of-light.json</c>, a line a task. A record is of one version
/// of a file, by its hash.
/// </summary>
public sealed class SuiteRecords
{
    private static readonly SuiteJson Readable = new(new JsonSerializerOptions(SuiteJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    private readonly string _folder;
    private readonly SortedDictionary<string, AuditRecord> _audits;
    private readonly SortedDictionary<string, SpeedOfLightRecord> _costs;

    private SuiteRecords(string folder, IEnumerable<AuditRecord> audits, IEnumerable<SpeedOfLightRecord> costs)
    {
        _folder = folder;
        _audits = new SortedDictionary<string, AuditRecord>(audits.ToDictionary(record => record.Name), StringComparer.Ordinal);
        _costs = new SortedDictionary<string, SpeedOfLightRecord>(costs.ToDictionary(record => record.Name), StringComparer.Ordinal);
    }

    /// <summary>Reads both files of a repository; what is not there is empty.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static SuiteRecords Load(string root) => Read(Path.Combine(root, "bench-tasks"));

    /// <summary>Reads those of the imported tasks of a data folder.</summary>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public static SuiteRecords LoadImported(string home) => Read(ImportedTasks.FolderOf(home));

    private static SuiteRecords Read(string folder) =>
        new(folder, Audits(folder).Values, Read(Path.Combine(folder, "speed-of-light.json"), SuiteJson.Default.IReadOnlyListSpeedOfLightRecord));

    /// <summary>The audit of a task's current file; null where there is none of that version.</summary>
    public AuditRecord? Audit(string name, string sha256) =>
        _audits.TryGetValue(name, out var record) && record.IsOf(sha256) ? record : null;

    /// <summary>The cost of a task's current file; null where there is none.</summary>
    public SpeedOfLightRecord? Cost(string name, string sha256) => _costs.TryGetValue(name, out var record) && record.Sha256 == sha256 ? record : null;

    /// <summary>The record of a survey.</summary>
    public static AuditRecord Of(TaskSurvey survey)
    {
        ArgumentNullException.ThrowIfNull(survey);
        return new AuditRecord
        {
            Name = survey.Name,
            Sha256 = survey.Sha256,
            Version = survey.Audit.Version,
            Ranked = survey.Audit.Ranked,
            Reason = survey.Audit.Reason,
            Size = survey.Audit.Size.Text,
            Evidence = survey.Audit.Evidence,
        };
    }

    /// <summary>Keeps a survey.</summary>
    public AuditRecord Keep(TaskSurvey survey)
    {
        var record = Of(survey);
        _audits[survey.Name] = record;
        _costs[survey.Name] = SpeedOfLightRecord.Of(survey);
        return record;
    }

    /// <summary>Keeps that a task cannot run.</summary>
    public AuditRecord KeepFailure(string name, string sha256, string reason)
    {
        _costs.Remove(name);
        return _audits[name] = new AuditRecord
        {
            Name = name,
            Sha256 = sha256,
            Version = TaskAudit.CurrentVersion,
            Ranked = false,
            Reason = "cannot run: " + reason,
            Size = "none",
            Evidence = [new AuditEvidence { Check = "runs", Flaw = true, Detail = reason }],
        };
    }

    /// <summary>Writes both files, without tasks that are gone. Each is there whole or as it was.</summary>
    public void Save(TaskSuite suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        var names = suite.Tasks.Select(task => task.Name).ToHashSet(StringComparer.Ordinal);
        Write("audit.json", _audits.Values.Where(record => names.Contains(record.Name)), Readable.AuditRecord);
        Write("speed-of-light.json", _costs.Values.Where(record => names.Contains(record.Name)), Readable.SpeedOfLightRecord);
    }

    internal static IReadOnlyDictionary<string, AuditRecord> Audits(string folder) =>
        Read(Path.Combine(folder, "audit.json"), SuiteJson.Default.IReadOnlyListAuditRecord).ToDictionary(record => record.Name, StringComparer.Ordinal);

    private static IReadOnlyList<T> Read<T>(string path, JsonTypeInfo<IReadOnlyList<T>> type)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, type) ?? [];
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}; ./kernelforge tasks audit writes it anew once it is deleted", error);
        }
    }

    private void Write<T>(string file, IEnumerable<T> records, JsonTypeInfo<T> type)
    {
        var text = new StringBuilder("[\n").AppendJoin(",\n", records.Select(record => JsonSerializer.Serialize(record, type))).Append("\n]\n");
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(_folder);
        File.WriteAllText(path + ".new", text.ToString());
        File.Move(path + ".new", path, overwrite: true);
    }
}
