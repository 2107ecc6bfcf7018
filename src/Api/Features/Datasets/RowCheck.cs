using System.Text.Json;
using KernelForge.Api.Features.Datasets.Formats;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Checks the rows of a dataset, each by itself and all together: form, code, split, one kind of figures, nothing twice.</summary>
internal sealed class RowCheck(DatasetManifest manifest, Recipe recipe, RowFormat format, ProblemList problems)
{
    private readonly TaskSplit _split = new(manifest.Parameters.Seed, manifest.Parameters.ValidationShare ?? 0);
    private readonly Dictionary<string, string> _splitOfTask = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rowsOfSplit = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _kept = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _dropped = new(StringComparer.Ordinal);
    private readonly HashSet<string> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<string> _selected = new(StringComparer.Ordinal);
    private readonly HashSet<(string Cluster, string Sha256)> _codes = [];

    /// <summary>Rows seen.</summary>
    public long Rows { get; private set; }

    /// <summary>Checks a line.</summary>
    public void Check(string file, long number, byte[] line)
    {
        Rows++;
        try
        {
            Check(file, number, format.Claim(line, recipe.Yield));
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

        if (_selected.Count != manifest.Funnel.Selected)
        {
            problems.Add("funnel.json", null, $"it says that {manifest.Funnel.Selected} attempts were selected; the data files hold {_selected.Count}");
        }

        Reasons("kept", manifest.Funnel.Kept, _kept);
        if (format.EveryAttempt)
        {
            Reasons("dropped", manifest.Funnel.Dropped, _dropped);
            if (Rows != manifest.Funnel.Generated)
            {
                problems.Add("funnel.json", null, $"it says that {manifest.Funnel.Generated} attempts were generated; the data files hold {Rows}");
            }
        }
    }

    private void Check(string file, long number, RowClaim claim)
    {
        Common(file, number, claim.Key, claim.Task, claim.Kind, claim.AttemptKind);
        foreach (var problem in claim.Problems)
        {
            problems.Add(file, number, problem);
        }

        foreach (var code in claim.Codes)
        {
            Code(file, number, code);
        }

        if (!claim.Selected)
        {
            _dropped[claim.Reason] = _dropped.GetValueOrDefault(claim.Reason) + 1;
        }
        else if (_selected.Add(claim.Attempt))
        {
            _kept[claim.Reason] = _kept.GetValueOrDefault(claim.Reason) + 1;
            if (recipe.Yield != RecipeYield.Advice)
            {
                Once(file, number, claim);
            }
        }
    }

    private void Reasons(string what, IReadOnlyDictionary<string, long> expected, SortedDictionary<string, long> found)
    {
        foreach (var reason in expected.Keys.Union(found.Keys, StringComparer.Ordinal).Where(reason => expected.GetValueOrDefault(reason) != found.GetValueOrDefault(reason)))
        {
            problems.Add("funnel.json", null, $"it says that {expected.GetValueOrDefault(reason)} attempts were {what} as {reason}; the data files hold {found.GetValueOrDefault(reason)}");
        }
    }

    private void Common(string file, long number, string key, string task, string kind, string attemptKind)
    {
        if (!_rows.Add(key))
        {
            problems.Add(file, number, $"attempt {key} is there twice");
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

    private void Code(string file, long number, CodeClaim claim)
    {
        if (claim.Code is not { } code)
        {
            problems.Add(file, number, recipe.Yield == RecipeYield.Advice
                ? "expected one fenced block with a solution in the prompt, found something else"
                : "expected <think> reasoning </think> and one fenced block with a solution in the assistant's message, found something else");
        }
        else if (StoredAttempt.HashOf(code) is var found && found != claim.Sha256)
        {
            problems.Add(file, number, $"the code has SHA-256 {found}; what was measured has {claim.Sha256}");
        }
    }

    private void Once(string file, long number, RowClaim claim)
    {
        foreach (var sha256 in claim.Codes.Take(1).Select(code => code.Sha256))
        {
            if (!_codes.Add((TaskSplit.ClusterOf(claim.Task), sha256)))
            {
                problems.Add(file, number, $"solution {sha256} is there twice");
            }
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
