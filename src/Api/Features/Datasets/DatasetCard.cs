using System.Globalization;
using System.Text;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary><c>README.md</c> of a dataset folder: what it holds and how to load it, with the header that Hugging Face's tools read.</summary>
internal sealed class DatasetCard(DatasetManifest manifest, DatasetPlan plan)
{
    private readonly StringBuilder _card = new();

    /// <summary>Writes it.</summary>
    public string Write()
    {
        Header();
        What();
        Rules();
        Funnel();
        Contents();
        Line($"## Loading it\n\n{plan.Format.Loading}\n\n`kernelforge dataset verify FOLDER` checks every file and every row's code against its hash.");
        return _card.ToString();
    }

    private void Header()
    {
        Line("---\nlicense: other\ntask_categories:\n- text-generation\ntags:\n- cuda\n- code\n- kernelforge");
        if (manifest.Counts.Rows > 0)
        {
            Line("configs:\n- config_name: default\n  data_files:");
            foreach (var split in manifest.Counts.Splits.Keys)
            {
                Line($"  - split: {split}\n    path: data/{split}-*");
            }
        }

        if (plan.Format.IsFlat)
        {
            // Declared, so that a column is what it is even where the first rows have null in it.
            Line("dataset_info:\n  features:");
            foreach (var column in plan.Format.RowType.Properties.OrderBy(column => column.Order))
            {
                Line($"  - name: {column.Name}\n    {CardFeature.Of(column.PropertyType)}");
            }
        }

        Line("---\n");
    }

    private void What()
    {
        var (order, counts) = (manifest.Parameters, manifest.Counts);
        Line($"# CUDA kernels: {order.Recipe}, {order.Format}\n");
        Line($"{N(counts.Rows)} rows made of attempts of language models to write a CUDA kernel for a PyTorch module, over {N(counts.Tasks)} tasks: {plan.Format.What}. "
            + $"The recipe selects {N(manifest.Funnel.Selected)} attempts. Each of them passed on every preset and trial, stands on a board after a second evaluation under new secret seeds, and is here byte for byte as it was judged.");
        if (plan.Recipe.Yield == RecipeYield.Pairs)
        {
            Line("\nRejected answers were slower, or wrong: their columns say what became of them.");
        }

        Line("");
        Line(order.Kind == "modelled"
            ? "**Every time in it is modelled** by a simulator for the device named in the row, not measured on a GPU; where the baseline is modelled too, a speed-up is a lower bound until its efficiencies were calibrated."
            : "Every time in it was measured on the device named in the row.");
        var notLive = counts.AttemptKinds.Where(kind => kind.Key != "live").Select(kind => $"{N(kind.Value)} {kind.Key}").ToList();
        if (notLive.Count > 0)
        {
            Line($"\n**Not all of it was written by a live model**: {string.Join(", ", notLive)} of {N(counts.Rows)} rows (`attempt_kind`), because the export was ordered with `--include {string.Join(',', order.Include)}`.");
        }

        if (order.KeepBenchmark)
        {
            Line("\n**It holds tasks of the benchmark** (KernelBench), or nearly so, because the export was ordered with `--keep-benchmark`: a model that is tested on KernelBench must not be trained on it.");
        }

        Line($"\nMade from one state of the database, {manifest.Snapshot.TakenAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC, by KernelForge {manifest.Kernelforge}.\n");
    }

    private void Rules()
    {
        var order = manifest.Parameters;
        Line($"## Rules\n\n- **Recipe** `{plan.Recipe.Name}`, version {plan.Recipe.Version}: {plan.Recipe.What}.");
        foreach (var parameter in plan.Recipe.Parameters)
        {
            Line($"  - `{parameter.Name}` = {order.RecipeParameters[parameter.Name].ToString(CultureInfo.InvariantCulture)}: {parameter.What}");
        }

        Line("- **Length** of reasoning is compared in the provider's tokens where it counted them for every attempt of a comparison, else in characters for all of them.");
        Line("- **Duplicates** within a task and its variants are dropped, the fastest stays: equal text; equal but for blanks; equal tokens but for names and comments; token shingles of similarity 0.8 or more (MinHash).");
        Line($"- **Benchmark**: tasks equal or nearly equal to KernelBench's (by number, source, operators and shapes, or MinHash of the source) are {(order.KeepBenchmark ? "kept" : "dropped")}.");
        Line("- **Reasoning** is as the model wrote it; an attempt whose reasoning quotes the evaluator's parts or paths of a machine is dropped.");
        Line($"- **Splits** are by task (seed {order.Seed}, {(order.ValidationShare ?? 0).ToString("P0", CultureInfo.InvariantCulture)} of the tasks to validation): no task is in both.\n");
    }

    private void Funnel()
    {
        var funnel = manifest.Funnel;
        Line("## How many came how far\n\n| stage | attempts |\n|---|---:|");
        foreach (var (stage, count) in new[] { ("generated", funnel.Generated), ("compiled", funnel.Compiled), ("correct", funnel.Correct), ("admitted", funnel.Admitted), ("deduplicated", funnel.Deduplicated), ("selected", funnel.Selected) })
        {
            Line($"| {stage} | {N(count)} |");
        }

        Line($"\nSelected: {List(funnel.Kept)}. Not selected: {List(funnel.Dropped)}. Not looked at: {List(funnel.Outside)}.\n");
    }

    private void Contents()
    {
        Line("## What is in it\n\n| | rows |\n|---|---:|");
        var counts = manifest.Counts;
        foreach (var (what, rows) in new[] { ("split", counts.Splits), ("attempt", counts.AttemptKinds), ("model", counts.Models), ("device", counts.Devices), ("category", counts.Categories) })
        {
            foreach (var (name, count) in rows)
            {
                Line($"| {what} {Cell(name)} | {N(count)} |");
            }
        }

        Line("\nThe answers fall under the terms of the models that wrote them, the task files under those of their origin; hence `license: other`.\n");
    }

    private static string List(IReadOnlyDictionary<string, long> counts) => counts.Count == 0 ? "none" : string.Join(", ", counts.Select(pair => $"{pair.Key} {N(pair.Value)}"));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ").Replace("<", "&lt;", StringComparison.Ordinal);

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private void Line(string text) => _card.Append(text).Append('\n');
}
