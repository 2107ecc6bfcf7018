namespace KernelForge.Api.Features.Datasets;

/// <summary>What a disk without room says.</summary>
internal static class ExportDisk
{
    // errno.h
    private const int ENOSPC = 28;
    private const int EDQUOT = 122;

    /// <summary>Whether the disk, or the user's share of it, is full.</summary>
    public static bool IsFull(IOException error) => error.HResult is ENOSPC or EDQUOT;

    /// <summary>The error in the user's terms.</summary>
    public static DatasetException Full(string folder, IOException error) => new(
        $"no room is left on the disk of {folder}; what had been written of the export was removed, and nothing was left. Free some room, compress (gzip), or choose a folder on another disk.",
        error);
}
