using System.Globalization;
using System.Text;

namespace KernelForge.Agents.Suite;

/// <summary>The documents that are generated from the suite and its records: <c>bench-tasks/CATALOG.md</c> and <c>docs/audit.md</c>.</summary>
public static class Catalogue
{
    private const string Head = "Written by `./kernelforge tasks audit`; a test fails when it is stale.";

    /// <summary>Where each document lies, from the repository's root, and its text.</summary>
    public static IReadOnlyDictionary<string, string> Render(TaskSuite suite, SuiteRecords records)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(records);
        var rows = suite.Tasks.Select(task => (Task: task, Audit: records.Audit(task.Name, task.Sha256!), Cost: records.Cost(task.Name, task.Sha256!))).ToList();
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["bench-tasks/CATALOG.md"] = Tasks(rows),
            ["docs/audit.md"] = Flaws(rows),
        };
    }

    /// <summary>Writes the documents.</summary>
    public static void Write(string root, TaskSuite suite, SuiteRecords records)
    {
        foreach (var (path, text) in Render(suite, records))
        {
            File.WriteAllText(Path.Combine(root, path), text);
        }
    }

    private static string Tasks(List<(TaskEntry Task, AuditRecord? Audit, SpeedOfLightRecord? Cost)> rows)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # The suite

            {Head}

            {rows.Count} tasks, {rows.Count(row => row.Task.Ranked == true)} of them rank (`docs/audit.md` says why the others do not). Sizes are those of preset `full`; the speed of light is
            max(compulsory bytes ÷ bandwidth, operations ÷ peak) on an H200, *eager* PyTorch's eager mode as modelled there (≥: some operator's efficiency is not calibrated). How both come about,
            by tensor and operator, stands in `speed-of-light.json`.

            """);
        foreach (var category in rows.GroupBy(row => row.Task.Category))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {category.Key}\n\n| task | inputs → outputs | parameters | limited by | speed of light, ms | eager, ms | ranks | KernelBench | difficulty |\n|---|---|---:|---|---:|---:|---|---|---|\n");
            foreach (var (task, audit, cost) in category)
            {
                var shapes = cost is null ? "not traced yet" : $"{string.Join("; ", cost.Inputs)} → {string.Join("; ", cost.Outputs)}";
                text.Append(CultureInfo.InvariantCulture, $"| [{task.Name[(task.Category.Length + 1)..]}]({task.Name}.py) | {shapes} | {cost?.Parameters:N0} | {cost?.Cost.Limiter} | {cost?.Cost.SpeedOfLightMs:G4} | ")
                    .Append(CultureInfo.InvariantCulture, $"{(cost is { Cost.TorchEagerIsLowerBound: true } ? "≥ " : "")}{cost?.Cost.TorchEagerModelledMs:G4} | {(audit is null ? "?" : audit.Ranked ? "yes" : "no")} | {task.Kernelbench ?? ""} | {task.Difficulty} |\n");
            }
        }

        return text.ToString();
    }

    private static string Flaws(List<(TaskEntry Task, AuditRecord? Audit, SpeedOfLightRecord? Cost)> rows)
    {
        var text = new StringBuilder();
        var flawed = rows.Where(row => row.Audit is { Ranked: false }).ToList();
        text.Append(CultureInfo.InvariantCulture, $"""
            # The audit

            {Head}

            Of {rows.Count} tasks {rows.Count(row => row.Audit is { Ranked: true })} rank and {flawed.Count} do not{(rows.Exists(row => row.Audit is null) ? $"; {rows.Count(row => row.Audit is null)} are not audited yet" : "")}. A task ranks when nothing below is a flaw:

            | check | what is tried |
            |---|---|
            | fake | zeros, ones, the first element, the mean, an input, a permuted input, the result of an earlier seed, and float16 arithmetic are handed in as results: under the published rule (`allclose`, 1e-4, one draw) near the published size, and under KernelForge's own in every distribution at `small` and `odd`. *Derived*: carried over to the published size from two measured ones |
            | vanishing | at least 90 % of a result is nearer to zero than `allclose` sees |
            | no_op | an operator gives back what it is given |
            | dead_work | a product, or at least 1 % of the operations, goes into results that nothing uses |
            | cancels, influence | the gradient of the result, in float64, is zero for an operator, an input, or at least 1 % of the parameters |
            | randomness, undefined_winner, repeatability | the result depends on more than its inputs |
            | not_a_number | the published inputs give NaN |


            """);
        var found = flawed.SelectMany(row => row.Audit!.Evidence.Where(e => e.Flaw).Select(e => (e.Check, row.Task.Name))).Distinct();
        foreach (var check in found.CountBy(pair => pair.Check).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"* {check.Key}: {check.Value} tasks\n");
        }

        text.Append("\n| task | KernelBench | flaw | rule | evidence |\n|---|---|---|---|---|\n");
        foreach (var (task, audit, _) in flawed)
        {
            foreach (var evidence in audit!.Evidence.Where(e => e.Flaw))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {task.Name} | {task.Kernelbench ?? ""} | {evidence.Check} | {evidence.Rule ?? ""}{(evidence.Derived ? ", derived" : "")} | {evidence.Detail.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
            }
        }

        return text.ToString();
    }
}
