using KernelForge.Cli.Service;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Datasets;

/// <summary>An export that the service makes, fetched into a folder: there whole, or not at all.</summary>
internal static class DatasetExport
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Orders an export, waits for it and fetches its files.</summary>
    /// <exception cref="CliException">The order or the folder is wrong, or the export failed.</exception>
    public static async Task<DatasetManifest> FetchAsync(ServiceClient client, DatasetOrder order, string output, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        RequireFree(folder);
        var accepted = await client.AskAsync(api => api.OrderDatasetAsync(order, cancellationToken), cancellationToken);
        var manifest = await FinishedAsync(client, accepted.Id, time, cancellationToken);
        var partial = $"{folder}.partial-{Environment.ProcessId}";
        try
        {
            foreach (var name in manifest.Files.Select(file => file.Name).Append("manifest.json"))
            {
                await FetchFileAsync(client, accepted.Id, name, Path.Combine(partial, Safe(name)), cancellationToken);
            }

            if (Directory.Exists(folder))
            {
                Directory.Delete(folder);
            }

            Directory.Move(partial, folder);
            return manifest;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Missing, $"the dataset cannot be written to {folder}: {error.Message} Make room or choose another folder; nothing was left there.");
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    private static void RequireFree(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new CliException(ExitCodes.Usage, $"--output: expected an empty or new folder, found {(File.Exists(folder) ? "a file" : "other files")} at {folder}");
        }
    }

    private static async Task<DatasetManifest> FinishedAsync(ServiceClient client, Guid id, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            var dataset = await client.AskAsync(api => api.DatasetAsync(id, cancellationToken), cancellationToken);
            if (dataset.Manifest is { } manifest)
            {
                return manifest;
            }

            if (dataset.Status is "failed" or "cancelled")
            {
                throw new CliException(ExitCodes.Missing, $"the export was {dataset.Status}: {dataset.Failure}");
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private static async Task FetchFileAsync(ServiceClient client, Guid id, string name, string path, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"api/v1/datasets/{id}/files/{name}", UriKind.Relative));
        using var answer = await client.OpenAsync(request, cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await using var file = File.Create(path);
        await body.CopyToAsync(file, cancellationToken);
    }

    /// <summary>A service names files of a folder, never places elsewhere.</summary>
    private static string Safe(string name) =>
        Path.IsPathRooted(name) || name.Split('/').Any(part => part is "" or "." or "..")
            ? throw new CliException(ExitCodes.Fault, $"the service names a dataset's file '{name}', which leads out of the folder; nothing was written")
            : name;
}
