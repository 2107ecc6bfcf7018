using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KernelForge.Processes;

/// <summary>The C library's calls that .NET has no form of: exactly the C names, constants of Linux.</summary>
internal static partial class Libc
{
    // fcntl.h
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;

    // sys/file.h
    public const int LOCK_SH = 1;
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    // errno.h, signal.h
    public const int EWOULDBLOCK = 11;
    public const int SIGINT = 2;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle open(string path, int flags, int mode = 0);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int process, int signal);
}
