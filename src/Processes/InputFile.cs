using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KernelForge.Processes;

/// <summary>Opens files that somebody else named: never waits for the writer of a named pipe, and says what a wrong one is.</summary>
public static partial class InputFile
{
    // fcntl.h on Linux.
    private const int ReadOnly = 0;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <summary>Opens a regular file for reading.</summary>
    /// <exception cref="IOException">It is not there, no file, or may not be read; the message says which, without the path.</exception>
    public static FileStream OpenRead(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder; expected a file");
        }

        var handle = open(path, ReadOnly | NonBlocking | CloseOnExec);
        if (handle.IsInvalid)
        {
            var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            handle.Dispose();
            throw new IOException(File.Exists(path) ? reason : "there is no such file");
        }

        var file = new FileStream(handle, FileAccess.Read);
        if (file.CanSeek)
        {
            return file;
        }

        file.Dispose();
        throw new IOException("it is a pipe, socket or device; expected a file");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);
}
