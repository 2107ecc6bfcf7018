using System.Globalization;
using System.Text;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary><c>README.md</c> of a dataset folder: what it holds and how to load it, with the header that Hugging Face's tools read.</summary>
internal static class DatasetCard
{
    private static readonly (string Name, string Type)[] SftColumns =
    [
        ("id", "string"), ("task", "string"), ("category", "string"), ("task_sha256", "string"), ("solution_sha256", "string"), ("model", "string"), ("attempt_kind", "string"),
        ("strategy", "string"), ("round", "int64"), ("mode", "string"), ("kind", "string"), ("platform", "string"), ("device", "string"), ("evaluation_version", "string"),
        ("precision", "string"), ("uses_library", "bool"), ("prepared", "bool"), ("fast_math", "bool"), ("latency_ms", "float64"), ("baseline", "string"),
        ("speedup_factor", "float64"), ("speed_of_light_fraction", "float64"), ("reasoning_tokens", "int64"), ("reasoning_length", "int64"), ("created_at", "string"),
        ("license", "string"),
    ];

    /// <summary>Writes it.</summary>
    public static string Write(DatasetManifest manifest)
    {
        StringBuilder card = new();
        Header(card, manifest);
        What(card, manifest);
        Tables(card, manifest);
        Load(card, manifest);
        return card.ToString();
    }

    private static void Header(StringBuilder card, DatasetManifest manifest)
    {
        Line(card, "---\nlicense: other\ntask_categories:\n- text-generation\ntags:\n- cuda\n- code\n- kernelforge");
        if (manifest.Counts.Rows > 0)
        {
            Line(card, "configs:\n- config_name: default\n  data_files:");
            foreach (var split in manifest.Counts.Splits.Keys)
            {
                Line(card, $"  - split: {split}\n    path: data/{split}-*");
            }
        }

        if (manifest.Format == DatasetPlan.Sft)
        {
            Line(card, "dataset_info:\n  features:\n  - name: messages\n    list:\n    - name: role\n      dtype: string\n    - name: content\n      dtype: string");
            foreach (var (name, type) in SftColumns)
            {
                Line(card, $"  - name: {name}\n    dtype: {type}");
            }
        }

        Line(card, "---\n");
    }

    private static void What(StringBuilder card, DatasetManifest manifest)
    {
        var (order, counts) = (manifest.Parameters, manifest.Counts);
        Line(card, $"# CUDA kernels: {order.Recipe}, {order.Format}\n");
        Line(card, order.Format == DatasetPlan.Sft
            ? $"{N(counts.Rows)} attempts of language models to write a CUDA kernel for a PyTorch module, over {N(counts.Tasks)} tasks: prompt, reasoning and solution as chat messages. Every solution passed on every preset and trial, stands on a board after a second evaluation under new secret seeds, and is here byte for byte as it was judged."
            : $"{N(counts.Rows)} attempts of language models to write a CUDA kernel for a PyTorch module, over {N(counts.Tasks)} tasks, failures included, each with its whole provenance. `recipe_mark` says which of them the recipe `{order.Recipe}` selects ({N(manifest.Funnel.Selected)}), and why not.");
        Line(card, "");
        Line(card, order.Kind == "modelled"
            ? "**Every time in it is modelled** by a simulator for the device named in the row, not measured on a GPU; where the baseline is modelled too, a speed-up is a lower bound until its efficiencies were calibrated."
            : "Every time in it was measured on the device named in the row.");
        var notLive = counts.AttemptKinds.Where(kind => kind.Key != "live").Select(kind => $"{N(kind.Value)} {kind.Key}").ToList();
        if (notLive.Count > 0)
        {
            Line(card, $"\n**Not all of it was written by a live model**: {string.Join(", ", notLive)} of {N(counts.Rows)} rows (`attempt_kind`), because the export was ordered with `--include {string.Join(',', order.Include)}`.");
        }

        Line(card, $"\nMade from one state of the database, {manifest.Snapshot.TakenAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC, by KernelForge {manifest.Kernelforge}, recipe version {manifest.RecipeVersion}. "
            + $"Splits are by task (seed {order.Seed}, {(order.ValidationShare ?? 0).ToString("P0", CultureInfo.InvariantCulture)} of the tasks to validation): no task is in both. Exact duplicates are {(order.Format == DatasetPlan.Sft ? "kept once" : "marked")}.\n");
    }

    private static void Tables(StringBuilder card, DatasetManifest manifest)
    {
        var funnel = manifest.Funnel;
        Line(card, "## How many came how far\n\n| stage | attempts |\n|---|---:|");
        foreach (var (stage, count) in new[] { ("generated", funnel.Generated), ("compiled", funnel.Compiled), ("correct", funnel.Correct), ("admitted", funnel.Admitted), ("deduplicated", funnel.Deduplicated), ("selected", funnel.Selected) })
        {
            Line(card, $"| {stage} | {N(count)} |");
        }

        Line(card, $"\nNot selected: {List(funnel.Dropped)}. Not looked at: {List(funnel.Outside)}.\n\n## What is in it\n\n| | rows |\n|---|---:|");
        var counts = manifest.Counts;
        foreach (var (what, rows) in new[] { ("split", counts.Splits), ("attempt", counts.AttemptKinds), ("model", counts.Models), ("device", counts.Devices), ("category", counts.Categories) })
        {
            foreach (var (name, count) in rows)
            {
                Line(card, $"| {what} {Cell(name)} | {N(count)} |");
            }
        }

        Line(card, "\nThe answers fall under the terms of the models that wrote them, the task files under those of their origin; hence `license: other`.\n");
    }

    private static void Load(StringBuilder card, DatasetManifest manifest)
    {
        Line(card, "## Loading it\n");
        if (manifest.Format == DatasetPlan.Sft)
        {
            Line(card, "```python\nfrom datasets import load_dataset\nfrom trl import SFTConfig, SFTTrainer\n\ndataset = load_dataset(\"FOLDER\")          # this folder\n"
                + "trainer = SFTTrainer(model=\"MODEL\", args=SFTConfig(output_dir=\"out\"), train_dataset=dataset[\"train\"])\n```\n\n"
                + "TRL reads the column `messages`: the assistant's message is `<think>` reasoning `</think>` and one fenced block with the solution. The other columns are provenance.");
        }
        else
        {
            Line(card, "Rows are nested and their metrics differ, so read them as JSON lines:\n\n```python\nimport gzip, json, pathlib\n\n"
                + "rows = [json.loads(line)\n        for file in sorted(pathlib.Path(\"FOLDER/data\").glob(\"train-*\"))\n        for line in (gzip.open if file.suffix == \".gz\" else open)(file, \"rt\", encoding=\"utf-8\")]\n"
                + "selected = [row for row in rows if row[\"recipe_mark\"][\"selected\"]]\n```");
        }

        Line(card, "\n`kernelforge dataset verify FOLDER` checks every file and every row's code against its hash.");
    }

    private static string List(IReadOnlyDictionary<string, long> counts) => counts.Count == 0 ? "none" : string.Join(", ", counts.Select(pair => $"{pair.Key} {N(pair.Value)}"));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ").Replace("<", "&lt;", StringComparison.Ordinal);

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder card, string text) => card.Append(text).Append('\n');
}
