namespace KernelForge.EndToEnd;

/// <summary>A file system of four megabytes; where none may be mounted, the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts it.</summary>
    public static SmallDisk Mount(string path, bool readOnly = false)
    {
        Directory.CreateDirectory(path);
        var (code, _, error) = Repository.Run("mount", ["-t", "tmpfs", "-o", readOnly ? "size=4m,ro" : "size=4m", "kernelforge-test", path]);
        Assert.SkipWhen(code != 0, $"a small file system cannot be mounted here: {error.Trim()}");
        return new SmallDisk(path);
    }

    /// <summary>From now on nothing can be written.</summary>
    public void MakeReadOnly() => Repository.Run("mount", ["-o", "remount,ro", Path]);

    public void Dispose() => Repository.Run("umount", ["-l", Path]);
}
