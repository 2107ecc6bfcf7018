namespace KernelForge.Processes;

/// <summary>How to start a .NET program of ours as a child, outside or inside a sandbox.</summary>
public static class DotnetProgram
{
    /// <summary>Folder of the .NET runtime that runs this process; null where the program is self-contained.</summary>
    public static string? RuntimeRoot { get; } = FindRuntimeRoot();

    /// <summary>The <c>dotnet</c> host that runs this process.</summary>
    public static string Host => RuntimeRoot is null ? "dotnet" : Path.Combine(RuntimeRoot, "dotnet");

    /// <summary>Small start-up cost, no diagnostics sockets, bounded heap.</summary>
    public static IReadOnlyDictionary<string, string> Environment(long? heapLimitBytes = null)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DOTNET_EnableDiagnostics"] = "0",
            ["DOTNET_TieredPGO"] = "0",
            ["DOTNET_gcServer"] = "0",
            ["DOTNET_EnableWriteXorExecute"] = "0",
            ["DOTNET_TC_CallCountingDelayMs"] = "7D0",
        };
        if (heapLimitBytes is { } bytes)
        {
            environment["DOTNET_GCHeapHardLimit"] = bytes.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        }

        return environment;
    }

    private static string? FindRuntimeRoot()
    {
        // …/shared/Microsoft.NETCore.App/10.0.x/ lies three folders below the host.
        var folder = Path.GetDirectoryName(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory().TrimEnd('/'));
        var root = Path.GetDirectoryName(Path.GetDirectoryName(folder));
        return root is not null && File.Exists(Path.Combine(root, "dotnet")) ? root : null;
    }
}
