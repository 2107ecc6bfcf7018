using System.Runtime.InteropServices;

namespace KernelForge.Processes;

/// <summary>Opens files that somebody else named: never waits for the writer of a named pipe, and says what a wrong one is.</summary>
public static class InputFile
{
    /// <summary>Opens a regular file for reading.</summary>
    /// <exception cref="IOException">It is not there, no file, or may not be read; the message says which, without the path.</exception>
    public static FileStream OpenRead(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder; expected a file");
        }

        var handle = Libc.open(path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
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
}
