using KernelForge.Processes;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// The folder that an export writes: a hidden sibling of the folder that is wanted, renamed to it when everything in it is on the disk.
/// Until then the wanted folder is not there, whatever happens; what a killed export left is removed by the next one to the same place.
/// </summary>
internal sealed class DatasetFolder : IDisposable
{
    private const string LockName = ".lock";
    private readonly string _output;
    private readonly FileStream _lock;
    private bool _published;

    private DatasetFolder(string output, string partial, FileStream @lock)
    {
        _output = output;
        Path = partial;
        _lock = @lock;
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>Makes the sibling.</summary>
    /// <exception cref="DatasetException">Something is where the folder should come, or another export writes to the same place.</exception>
    public static DatasetFolder Begin(string output)
    {
        var full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(output));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new DatasetException($"expected an empty or new folder, found {(File.Exists(full) ? "a file" : "other files")} at {full}; nothing was changed. Choose another folder, or remove it.");
        }

        var parent = System.IO.Path.GetDirectoryName(full) ?? throw new DatasetException($"expected a folder for the dataset, found {full}; choose a folder in it");
        var partial = System.IO.Path.Combine(parent, $".{System.IO.Path.GetFileName(full)}.partial");
        Directory.CreateDirectory(partial);
        FileStream alone;
        try
        {
            alone = new FileStream(System.IO.Path.Combine(partial, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (!ExportDisk.IsFull(error))
        {
            throw new DatasetException($"another export is being written to {full}; wait for it, or choose another folder", error);
        }

        DatasetFolder folder = new(full, partial, alone);
        folder.RemoveLeftovers();
        return folder;
    }

    /// <summary>Gives the folder its name.</summary>
    /// <exception cref="DatasetException">Something else has come there meanwhile.</exception>
    public void Publish()
    {
        File.Delete(System.IO.Path.Combine(Path, LockName));
        foreach (var folder in Directory.EnumerateDirectories(Path).Append(Path))
        {
            FolderSync.Flush(folder);
        }

        if (Directory.Exists(_output) && !Directory.EnumerateFileSystemEntries(_output).Any())
        {
            Directory.Delete(_output);
        }

        if (Directory.Exists(_output) || File.Exists(_output))
        {
            throw new DatasetException($"something was written to {_output} while the export was made; nothing was changed. Choose another folder.");
        }

        Directory.Move(Path, _output);
        _published = true;
        FolderSync.Flush(System.IO.Path.GetDirectoryName(_output)!);
    }

    /// <summary>Removes what was written, unless it was published.</summary>
    public void Dispose()
    {
        if (!_published)
        {
            Directory.Delete(Path, recursive: true);
        }

        _lock.Dispose();
    }

    private void RemoveLeftovers()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path).Where(entry => System.IO.Path.GetFileName(entry) != LockName).ToList())
        {
            if (Directory.Exists(entry))
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }
}
