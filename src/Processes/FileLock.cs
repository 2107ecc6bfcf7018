using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KernelForge.Processes;

/// <summary>
/// An advisory lock (<c>flock</c>) on a file, held until disposal or the end of this process, however that comes. No
/// child inherits it. Two objects of one process exclude each other as two processes do.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock when nobody holds one that excludes it, else returns null at once; makes the file.</summary>
    /// <exception cref="IOException">The file cannot be made or locked; the message names it.</exception>
    public static FileLock? TryTake(string path, bool shared)
    {
        var file = Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_CLOEXEC, Convert.ToInt32("600", 8));
        if (file.IsInvalid)
        {
            throw Failure(file, $"cannot open {path}");
        }

        if (Libc.flock(file, (shared ? Libc.LOCK_SH : Libc.LOCK_EX) | Libc.LOCK_NB) == 0)
        {
            return new FileLock(file);
        }

        if (Marshal.GetLastPInvokeError() != Libc.EWOULDBLOCK)
        {
            throw Failure(file, $"cannot lock {path}");
        }

        file.Dispose();
        return null;
    }

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="IOException">The file cannot be made or locked; the message names it.</exception>
    public static async Task<FileLock> TakeAsync(string path, bool shared, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(path, shared) is { } taken)
            {
                return taken;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Whether somebody holds a lock on the file.</summary>
    public static bool IsHeld(string path)
    {
        using var taken = TryTake(path, shared: false);
        return taken is null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static IOException Failure(SafeFileHandle file, string what)
    {
        var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
        file.Dispose();
        return new IOException($"{what}: {reason}");
    }
}
