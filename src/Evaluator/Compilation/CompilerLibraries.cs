namespace KernelForge.Evaluator.Compilation;

/// <summary>Where NVRTC, its builtins and the CUDA headers lie below a root; paths are relative to it, without a leading slash.</summary>
/// <param name="Library">libnvrtc.</param>
/// <param name="Builtins">libnvrtc-builtins.</param>
/// <param name="Includes">Header folders.</param>
internal sealed record CompilerLibraries(string Library, string Builtins, IReadOnlyList<string> Includes)
{
    private static readonly string[] Folders =
        ["usr/lib/x86_64-linux-gnu", "usr/local/cuda/lib64", "usr/local/cuda/targets/x86_64-linux/lib", "usr/lib64", "opt/cuda/lib64"];

    private static readonly string[] IncludeFolders = ["usr/include", "usr/local/cuda/include", "opt/cuda/include"];

    /// <summary>Finds them; null where NVRTC is not there.</summary>
    public static CompilerLibraries? Find(string root)
    {
        foreach (string folder in Folders)
        {
            string? library = Newest(root, folder, "libnvrtc.so.*");
            string? builtins = Newest(root, folder, "libnvrtc-builtins.so.*");
            if (library is not null && builtins is not null)
            {
                return new CompilerLibraries(library, builtins, [.. IncludeFolders.Where(i => Directory.Exists(Path.Combine(root, i)))]);
            }
        }

        return null;
    }

    /// <summary>Changes when another version is installed: path, length and time of the library.</summary>
    public string Identity(string root)
    {
        var file = new FileInfo(Path.Combine(root, Library));
        file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
        return $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}";
    }

    // The shortest name is the soname's link, the one that the loader knows the library by.
    private static string? Newest(string root, string folder, string pattern)
    {
        string path = Path.Combine(root, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern)
                .Select(f => Path.GetFileName(f))
                .Where(f => !f.Contains(".alt.", StringComparison.Ordinal))
                .OrderByDescending(f => MajorOf(f))
                .ThenBy(f => f.Length)
                .Select(f => folder + "/" + f)
                .FirstOrDefault()
            : null;
    }

    private static int MajorOf(string name)
    {
        string version = name[(name.IndexOf(".so.", StringComparison.Ordinal) + 4)..];
        return int.TryParse(version.Split('.')[0], out int major) ? major : 0;
    }
}
