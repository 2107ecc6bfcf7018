using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Datasets;

/// <summary>A dataset for a person.</summary>
internal static class DatasetView
{
    /// <summary>What it holds, in a line.</summary>
    public static string Summary(DatasetManifest manifest)
    {
        var splits = string.Join(", ", manifest.Counts.Splits.Where(split => split.Value > 0).Select(split => $"{split.Value} {split.Key}"));
        var funnel = manifest.Funnel;
        var outside = funnel.Outside.Count == 0 ? "" : $"; not looked at: {string.Join(", ", funnel.Outside.Select(kind => $"{kind.Value} {kind.Key}"))}";
        return $"{manifest.Recipe}, {manifest.Format}: {manifest.Counts.Rows} rows{(splits.Length > 0 ? $" ({splits})" : "")} of {funnel.Generated} attempts, {funnel.Correct} of them correct{outside}";
    }
}
