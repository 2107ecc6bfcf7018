namespace KernelForge.Processes;

/// <summary>Where the data folder and the toolbox lie (<c>KERNELFORGE_HOME</c>, <c>KERNELFORGE_TOOLBOX</c>).</summary>
public static class ToolboxPaths
{
    /// <summary>The data folder: <c>KERNELFORGE_HOME</c>, else <c>kernelforge</c> in the user's cache folder.</summary>
    public static string Home()
    {
        var home = Environment.GetEnvironmentVariable("KERNELFORGE_HOME");
        if (!string.IsNullOrEmpty(home))
        {
            return Path.GetFullPath(home);
        }

        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        return Path.Combine(
            string.IsNullOrEmpty(cache) ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache") : cache,
            "kernelforge");
    }

    /// <summary>Root of the toolbox: <c>KERNELFORGE_TOOLBOX</c> (<c>/</c>: this machine is the toolbox), else <c>toolbox</c> in the data folder.</summary>
    public static string Toolbox()
    {
        var toolbox = Environment.GetEnvironmentVariable("KERNELFORGE_TOOLBOX");
        return string.IsNullOrEmpty(toolbox) ? Path.Combine(Home(), "toolbox") : Path.GetFullPath(toolbox);
    }
}
