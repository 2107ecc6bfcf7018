using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace KernelForge.Processes;

/// <summary>The files of a private cluster, <c>postgres</c> in the data folder, and what they say about its server.</summary>
internal sealed class ClusterFolder(string home)
{
    // sockaddr_un holds 108 bytes with the ending zero; some clients keep a few for themselves.
    private const int SocketFolderLimit = 80;
    private const long LogLimit = 4 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(home), "postgres");

    /// <summary>PostgreSQL's data folder.</summary>
    public string Data => System.IO.Path.Combine(Path, "data");

    /// <summary>What the server has to say; two files of at most about 4 MiB.</summary>
    public string Log => System.IO.Path.Combine(Path, "log", "postgresql.log");

    /// <summary>Held (exclusively) by whoever starts or stops the server.</summary>
    public string StartLock => System.IO.Path.Combine(Path, "start.lock");

    /// <summary>Held (shared) by every user of the server while it lives.</summary>
    public string UsersLock => System.IO.Path.Combine(Path, "users.lock");

    /// <summary>Held (exclusively) by the server and all its processes: they inherit the descriptor.</summary>
    public string ServerLock => System.IO.Path.Combine(Path, "server.lock");

    private string Socket => System.IO.Path.Combine(Path, "socket");

    /// <summary>
    /// Another name for the socket's folder: a socket's address has room for 107 bytes, and Npgsql reads some characters of
    /// a host's name as its own. Such a data folder is reached through a short symbolic link, which each user makes.
    /// </summary>
    private string Alias
    {
        get
        {
            var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
            var folder = Directory.Exists(runtime) && runtime.Length < 40 ? runtime : "/tmp";
            var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Socket)))[..16];
            return System.IO.Path.Combine(folder, "kernelforge-" + name);
        }
    }

    /// <summary>Makes the folders; the owner alone may enter them.</summary>
    public void Create()
    {
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(Path, OwnerOnly);
        Directory.CreateDirectory(Socket, OwnerOnly);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Log)!, OwnerOnly);
    }

    /// <summary>A path of the socket's folder that every client can use.</summary>
    /// <exception cref="PrivateClusterException">The short name is somebody else's.</exception>
    public string SocketFolder()
    {
        if (Encoding.UTF8.GetByteCount(Socket) <= SocketFolderLimit && Socket.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+".Contains(c, StringComparison.Ordinal)))
        {
            return Socket;
        }

        if (new FileInfo(Alias).LinkTarget != Socket)
        {
            var next = $"{Alias}.{Guid.NewGuid():N}";
            File.CreateSymbolicLink(next, Socket);
            // Not File.Move, which looks through links.
            if (Libc.rename(next, Alias) != 0)
            {
                var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
                File.Delete(next);
                throw new PrivateClusterException($"{Alias} must become a link to {Socket}, whose name does not fit a socket's address, and cannot ({reason}): remove it, or set KERNELFORGE_HOME to a folder with a shorter name");
            }
        }

        return Alias;
    }

    /// <summary>Removes the other name of the socket's folder.</summary>
    public void RemoveAlias()
    {
        if (new FileInfo(Alias).LinkTarget == Socket)
        {
            File.Delete(Alias);
        }
    }

    /// <summary>Major version of the data; null where there are none.</summary>
    /// <exception cref="PrivateClusterException">The folder is there and holds no data of PostgreSQL.</exception>
    public int? DataMajor()
    {
        if (!Directory.Exists(Data))
        {
            return null;
        }

        var file = System.IO.Path.Combine(Data, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new PrivateClusterException($"{Data} is not a data folder of PostgreSQL: expected a file PG_VERSION with a version in it; move the folder away, and a new, empty database is made");
    }

    /// <summary>What the server wrote into <c>postmaster.pid</c>: process id and whether it takes connections; null where it is not (wholly) written.</summary>
    public (int Process, bool Ready)? Server()
    {
        try
        {
            // Line 1 is the id, line 8 the state (PostgreSQL, src/include/utils/pidfile.h).
            var lines = File.ReadAllLines(System.IO.Path.Combine(Data, "postmaster.pid"));
            return lines.Length >= 8 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? (id, lines[7].Trim() == "ready")
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The log's length now; a log that grew too long is set aside first. The server appends, so that it may go on meanwhile.</summary>
    public long BoundLog()
    {
        var log = new FileInfo(Log);
        if (!log.Exists || log.Length <= LogLimit)
        {
            return log.Exists ? log.Length : 0;
        }

        File.Copy(Log, Log + ".old", overwrite: true);
        using var file = new FileStream(Log, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
        return 0;
    }

    /// <summary>What was logged from a length on, its last 3,000 bytes.</summary>
    public string LogSince(long start)
    {
        if (!File.Exists(Log))
        {
            return string.Empty;
        }

        using var file = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(Math.Max(Math.Min(start, file.Length), file.Length - 3000), SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().Trim();
    }
}
