using KernelForge.Processes;

namespace KernelForge.Browser;

/// <summary>What these tests need of the machine: a browser, and the toolbox for PostgreSQL and real evaluations.</summary>
internal static class Machine
{
    /// <summary>The browser's program; null: there is none.</summary>
    public static string? Browser { get; } = FindBrowser();

    /// <summary>Why nothing can be tested here; null: everything is there.</summary>
    public static string? Missing =>
        Browser is null ? "there is no chromium on the PATH: ./kernelforge setup --browser"
        : !File.Exists(Path.Combine(ToolboxPaths.Toolbox(), "usr/lib/postgresql/17/bin/postgres")) ? "the toolbox has no PostgreSQL: ./kernelforge setup"
        : null;

    private static string? FindBrowser()
    {
        if (Environment.GetEnvironmentVariable("KERNELFORGE_BROWSER") is { Length: > 0 } named)
        {
            return named;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin");
        return folders.Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
    }
}
