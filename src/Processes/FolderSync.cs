using System.Runtime.InteropServices;

namespace KernelForge.Processes;

/// <summary>Makes what happened to the names in a folder (files made, renamed) last through a power cut.</summary>
public static class FolderSync
{
    /// <summary>Waits until the folder's entries are on the disk.</summary>
    /// <exception cref="IOException">It cannot be opened or written; the message names it.</exception>
    public static void Flush(string path)
    {
        using var folder = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (folder.IsInvalid || Libc.fsync(folder) != 0)
        {
            var code = Marshal.GetLastPInvokeError();
            throw new IOException($"cannot write folder {path} to the disk: {Marshal.GetPInvokeErrorMessage(code)}", code);
        }
    }
}
