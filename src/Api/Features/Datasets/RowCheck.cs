using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Checks the rows of a dataset, each by itself and all together: form, code, split, one kind of figures, nothing twice.</summary>
internal sealed class RowCheck(DatasetManifest manifest, ProblemList problems)
{
    private readonly TaskSplit _split = new(manifest.Parameters.Seed, manifest.Parameters.ValidationShare ?? 0);
    private readonly Dictionary<string, string> _splitOfTask = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rowsOfSplit = new(StringComparer.Ordinal);
    private readonly HashSet<string> _attempts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);
    private long _selected;

    /// <summary>Rows seen.</summary>
    public long Rows { get; private set; }

    /// <summary>Checks a line.</summary>
    public void Check(string file, long number, byte[] line)
    {
        Rows++;
        try
        {
            if (manifest.Format == DatasetPlan.Canonical)
            {
                Canonical(file, number, Parse(line, ContractsJson.Default.CanonicalRow));
            }
            else
            {
                Sft(file, number, Parse(line, ContractsJson.Default.SftRow));
            }
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            problems.Add(file, number, $"it is not a row of format {manifest.Format}: {error.Message}");
        }
    }

    /// <summary>What only all rows together show.</summary>
    public void Finish()
    {
        var counts = manifest.Counts;
        Expect("rows", counts.Rows, Rows);
        Expect("tasks", counts.Tasks, _splitOfTask.Count);
        foreach (var split in counts.Splits.Keys.Union(_rowsOfSplit.Keys, StringComparer.Ordinal))
        {
            Expect($"rows of {split}", counts.Splits.GetValueOrDefault(split), _rowsOfSplit.GetValueOrDefault(split));
        }

        if (_selected != manifest.Funnel.Selected)
        {
            problems.Add("funnel.json", null, $"it says that {manifest.Funnel.Selected} attempts were selected; the data files hold {_selected}");
        }

        if (manifest.Format == DatasetPlan.Canonical && Rows != manifest.Funnel.Generated)
        {
            problems.Add("funnel.json", null, $"it says that {manifest.Funnel.Generated} attempts were generated; the data files hold {Rows}");
        }
    }

    private static T Parse<T>(byte[] line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(line, type) ?? throw new JsonException("expected an object, found null");

    private void Sft(string file, long number, SftRow row)
    {
        Common(file, number, row.Id, row.Task, row.Kind, row.AttemptKind);
        _selected++;
        var answer = row.Messages.Count > 0 && row.Messages[^1].Role == "assistant" ? row.Messages[^1].Content : null;
        if (answer is null)
        {
            problems.Add(file, number, "expected the assistant's message as the last of messages, found none");
        }
        else if (SftAnswer.CodeOf(answer) is not { } code)
        {
            problems.Add(file, number, "expected <think> reasoning </think> and one fenced block with a solution in the assistant's message, found something else");
        }
        else
        {
            Code(file, number, code, row.SolutionSha256);
            Once(file, number, row.SolutionSha256);
        }
    }

    private void Canonical(string file, long number, CanonicalRow row)
    {
        Common(file, number, row.Id, row.Task.Name, row.Kind, row.AttemptKind);
        if (StoredAttempt.HashOf(row.Task.Source) != row.Task.Sha256)
        {
            problems.Add(file, number, $"the task's source has SHA-256 {StoredAttempt.HashOf(row.Task.Source)}, task.sha256 says {row.Task.Sha256}");
        }

        if (row.Code is not null || row.SolutionSha256 is not null)
        {
            Code(file, number, row.Code ?? "", row.SolutionSha256 ?? "none");
            Code(file, number, row.Code ?? "", row.Outcome.Solution.Sha256);
        }

        if (row.RecipeMark.Selected)
        {
            _selected++;
            Once(file, number, row.SolutionSha256 ?? "none");
            if (row.Outcome is not Passed)
            {
                problems.Add(file, number, $"expected status passed of a row that is selected, found {row.Outcome.Status}");
            }
        }
    }

    private void Common(string file, long number, string id, string task, string kind, string attemptKind)
    {
        if (!_attempts.Add(id))
        {
            problems.Add(file, number, $"attempt {id} is there twice");
        }

        if (kind != manifest.Parameters.Kind)
        {
            problems.Add(file, number, $"expected kind {manifest.Parameters.Kind}, found {kind}; a dataset holds one kind");
        }

        if (attemptKind != "live" && !manifest.Parameters.Include.Contains(attemptKind, StringComparer.Ordinal))
        {
            problems.Add(file, number, $"expected live attempts{string.Concat(manifest.Parameters.Include.Select(item => $" or {item}"))}, found {attemptKind}");
        }

        var split = Path.GetFileName(file).Split('-')[0];
        _rowsOfSplit[split] = _rowsOfSplit.GetValueOrDefault(split) + 1;
        if (_splitOfTask.TryGetValue(task, out var other) && other != split)
        {
            problems.Add(file, number, $"task {task} is in {other} too; a task is in one split");
        }
        else if (_split.Of(task) != split)
        {
            problems.Add(file, number, $"task {task} belongs to {_split.Of(task)} by the seed {manifest.Parameters.Seed}, found it in {split}");
        }

        _splitOfTask.TryAdd(task, split);
    }

    private void Code(string file, long number, string code, string expected)
    {
        var found = StoredAttempt.HashOf(code);
        if (found != expected)
        {
            problems.Add(file, number, $"the code has SHA-256 {found}; what was measured has {expected}");
        }
    }

    private void Once(string file, long number, string sha256)
    {
        if (!_codes.Add(sha256))
        {
            problems.Add(file, number, $"solution {sha256} is there twice");
        }
    }

    private void Expect(string what, long expected, long found)
    {
        if (expected != found)
        {
            problems.Add("manifest.json", null, $"counts: expected {expected} {what}, found {found}");
        }
    }
}
