using System.Text.Json;
using KernelForge.Api.Features.Datasets.Formats;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Checks a dataset folder without a database: files against the manifest, every row's form and the hash of its code, the splits, the counts and
/// the funnel. It goes on after a problem, so that one look shows all of them.
/// </summary>
public static class DatasetVerifier
{
    /// <summary>Of folders that this version writes and checks. 1 had two formats and no reasons in its rows.</summary>
    internal const int FormatVersion = 2;

    /// <summary>Most problems that are listed.</summary>
    internal const int MostProblems = 1000;

    /// <summary>Checks a folder.</summary>
    public static DatasetVerification Verify(string folder)
    {
        ProblemList problems = new();
        var manifest = Read(folder, "manifest.json", ContractsJson.Default.DatasetManifest, problems);
        var rows = 0L;
        if (manifest is not null)
        {
            CheckFunnel(folder, manifest, problems);
            CheckListing(folder, manifest, problems);
            if (Check(manifest, problems) is { } check)
            {
                foreach (var file in manifest.Files.Where(file => IsSafe(file.Name)))
                {
                    FileCheck.Run(folder, file, check, problems);
                }

                check.Finish();
                rows = check.Rows;
            }
        }

        return new DatasetVerification
        {
            Folder = Path.GetFullPath(folder),
            Intact = problems.Count == 0,
            Files = manifest?.Files.Count ?? 0,
            Rows = rows,
            Problems = problems.Items,
        };
    }

    /// <summary>A name of a file in the folder or in <c>data/</c>: nothing that leads elsewhere.</summary>
    internal static bool IsSafe(string name)
    {
        var parts = name.Split('/');
        return parts.Length is 1 or 2 && (parts.Length == 1 || parts[0] == "data")
            && parts[^1].Length > 0 && parts[^1][0] != '.' && parts[^1].All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');
    }

    /// <summary>What the rows are checked by; null where the manifest names a recipe or format that this version does not know.</summary>
    private static RowCheck? Check(DatasetManifest manifest, ProblemList problems)
    {
        if (manifest.FormatVersion != FormatVersion)
        {
            problems.Add("manifest.json", null, $"its rows cannot be checked: its form is version {manifest.FormatVersion}, this program checks version {FormatVersion}; export it again, or use the version that wrote it ({manifest.Kernelforge})");
            return null;
        }

        var (recipe, format) = (RecipeCatalogue.Find(manifest.Recipe), FormatCatalogue.Find(manifest.Format));
        if (recipe is null || format is null)
        {
            problems.Add("manifest.json", null, $"its rows cannot be checked: {(recipe is null ? RecipeCatalogue.Unknown(manifest.Recipe) : FormatCatalogue.Unknown(manifest.Format))}");
            return null;
        }

        return new RowCheck(manifest, recipe, format, problems);
    }

    private static void CheckFunnel(string folder, DatasetManifest manifest, ProblemList problems)
    {
        if (Read(folder, "funnel.json", ContractsJson.Default.DatasetFunnel, problems) is not { } funnel)
        {
            return;
        }

        string Text(DatasetFunnel value) => JsonSerializer.Serialize(value, ContractsJson.Default.DatasetFunnel);
        if (Text(funnel) != Text(manifest.Funnel))
        {
            problems.Add("funnel.json", null, "it says other counts than manifest.json");
        }

        (string Name, long Count)[] stages =
        [
            ("generated", funnel.Generated), ("compiled", funnel.Compiled), ("correct", funnel.Correct), ("admitted", funnel.Admitted),
            ("deduplicated", funnel.Deduplicated), ("selected", funnel.Selected),
        ];
        for (var i = 1; i < stages.Length; i++)
        {
            if (stages[i].Count > stages[i - 1].Count || stages[i].Count < 0)
            {
                problems.Add("funnel.json", null, $"{stages[i].Name} is {stages[i].Count}, more than {stages[i - 1].Name}, which is {stages[i - 1].Count}; each stage is a part of the one before it");
            }
        }

        if (funnel.Kept.Values.Sum() != funnel.Selected)
        {
            problems.Add("funnel.json", null, $"kept ({funnel.Kept.Values.Sum()}) does not add up to selected ({funnel.Selected})");
        }

        if (funnel.Selected + funnel.Dropped.Values.Sum() != funnel.Generated)
        {
            problems.Add("funnel.json", null, $"selected ({funnel.Selected}) and dropped ({funnel.Dropped.Values.Sum()}) do not add up to generated ({funnel.Generated})");
        }
    }

    private static void CheckListing(string folder, DatasetManifest manifest, ProblemList problems)
    {
        var listed = manifest.Files.Select(file => file.Name).ToList();
        foreach (var name in listed.Where(name => !IsSafe(name)))
        {
            problems.Add("manifest.json", null, $"it lists '{name}', which is no name of a file of a dataset folder; such a file is not read");
        }

        foreach (var name in listed.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
        {
            problems.Add("manifest.json", null, $"it lists '{name}' more than once");
        }

        foreach (var needed in (string[])["README.md", "funnel.json"])
        {
            if (!listed.Contains(needed, StringComparer.Ordinal))
            {
                problems.Add("manifest.json", null, $"it does not list {needed}");
            }
        }

        foreach (var found in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal))
        {
            if (found != "manifest.json" && !listed.Contains(found, StringComparer.Ordinal))
            {
                problems.Add(found, null, "manifest.json does not list it");
            }
        }
    }

    private static T? Read<T>(string folder, string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, ProblemList problems)
        where T : class
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            problems.Add(name, null, Directory.Exists(folder) ? "expected this file in the folder; it is not there" : $"there is no folder {folder}");
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type) ?? throw new JsonException("expected an object, found null");
        }
        catch (JsonException error)
        {
            problems.Add(name, (error.LineNumber ?? 0) + 1, $"it cannot be read: {error.Message}");
            return null;
        }
    }
}
