using System.Diagnostics;

namespace KernelForge.EndToEnd;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Find();

    /// <summary>Paths of the files that git keeps, relative to the root; null where this is no clone or there is no git.</summary>
    public static IReadOnlyList<string>? TrackedFiles()
    {
        var (code, output, _) = Run("git", ["ls-files", "--cached", "--others", "--exclude-standard"]);
        return code == 0 ? [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(path => File.Exists(Path.Combine(Root, path)))] : null;
    }

    /// <summary>Runs a program in the root and waits for its end.</summary>
    public static (int Code, string Output, string Error) Run(string program, string[] arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "KernelForge.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"no KernelForge.sln above {AppContext.BaseDirectory}");
    }
}
