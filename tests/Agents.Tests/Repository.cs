using System.Runtime.CompilerServices;

namespace KernelForge.Agents.Tests;

/// <summary>Files of the working tree.</summary>
internal static class Repository
{
    public static string Root => Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static string Prompts => Path.Combine(Root, "prompts");

    public static string Tests => Here();

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

/// <summary>A folder that is gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("kernelforge-agents-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
