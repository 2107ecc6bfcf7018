using System.Globalization;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Service;
using Spectre.Console;

namespace KernelForge.Cli.Datasets;

/// <summary>A dataset for a person.</summary>
internal static class DatasetView
{
    /// <summary>Exports, a line each.</summary>
    public static void WriteList(Screen screen, IReadOnlyList<DatasetStatus> datasets)
    {
        if (datasets.Count == 0)
        {
            screen.Line("no datasets yet: kernelforge dataset export --recipe R --format F --output DIR");
            return;
        }

        screen.Table(
            ["id", "recipe", "format", "state", ">rows", "made (UTC)"],
            datasets.Select(dataset => (IReadOnlyList<string?>)
            [
                dataset.Id.ToString(), Markup.Escape(dataset.Order.Recipe), Markup.Escape(dataset.Order.Format), dataset.Status,
                dataset.Manifest?.Counts.Rows.ToString(CultureInfo.InvariantCulture) ?? "-", dataset.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
            ]));
    }

    /// <summary>An export: its order and its funnel.</summary>
    public static void Write(Screen screen, DatasetStatus dataset)
    {
        screen.Line($"[bold]{Markup.Escape(dataset.Order.Recipe)}, {Markup.Escape(dataset.Order.Format)}[/] {dataset.Status}{(dataset.Failure is null ? "" : Markup.Escape($": {dataset.Failure}"))}");
        foreach (var (name, value) in dataset.Manifest?.Parameters.RecipeParameters ?? dataset.Order.RecipeParameters)
        {
            screen.Line(Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"  {name} = {value}")));
        }

        if (dataset.Manifest is not { } manifest)
        {
            return;
        }

        screen.Line(Markup.Escape(dataset.Folder));
        var funnel = manifest.Funnel;
        screen.Table(
            ["stage", ">attempts"],
            [
                Row("generated", funnel.Generated), Row("compiled", funnel.Compiled), Row("correct", funnel.Correct), Row("admitted", funnel.Admitted),
                Row("deduplicated", funnel.Deduplicated), Row("selected", funnel.Selected),
                .. funnel.Kept.Select(kept => Row($"  {kept.Key}", kept.Value)),
                Row("not selected", funnel.Dropped.Values.Sum()),
                .. funnel.Dropped.OrderByDescending(dropped => dropped.Value).Select(dropped => Row($"  {dropped.Key}", dropped.Value)),
            ]);
    }

    /// <summary>What it holds, in a line.</summary>
    public static string Summary(DatasetManifest manifest)
    {
        var splits = string.Join(", ", manifest.Counts.Splits.Where(split => split.Value > 0).Select(split => $"{split.Value} {split.Key}"));
        var funnel = manifest.Funnel;
        var outside = funnel.Outside.Count == 0 ? "" : $"; not looked at: {string.Join(", ", funnel.Outside.Select(kind => $"{kind.Value} {kind.Key}"))}";
        var why = manifest.Counts.Rows > 0 || funnel.Dropped.Count == 0 ? "" : $"; not selected: {string.Join(", ", funnel.Dropped.OrderByDescending(dropped => dropped.Value).Select(dropped => $"{dropped.Value} {dropped.Key}"))}"
            + (funnel.Dropped.ContainsKey("contaminated") ? "; contaminated are tasks of KernelBench, which --keep-benchmark keeps" : "");
        return $"{manifest.Recipe}, {manifest.Format}: {manifest.Counts.Rows} rows{(splits.Length > 0 ? $" ({splits})" : "")} of {funnel.Generated} attempts, {funnel.Correct} of them correct{outside}{why}";
    }

    private static string?[] Row(string name, long count) => [Markup.Escape(name), count.ToString(CultureInfo.InvariantCulture)];
}
