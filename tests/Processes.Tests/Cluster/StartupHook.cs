using KernelForge.Processes;

#pragma warning disable MA0047 // .NET looks for a type of this name outside any namespace.

/// <summary>
/// Makes this assembly a user of a cluster in a process of its own, for tests that kill one: .NET calls it by its name
/// before <c>Main</c> in a process with <c>DOTNET_STARTUP_HOOKS</c>. Prints <c>in</c> once the server serves, and leaves when
/// its standard input ends.
/// </summary>
internal static class StartupHook
{
    public const string HomeVariable = "KERNELFORGE_TEST_CLUSTER_HOME";

    public static void Initialize()
    {
        using var output = new StreamWriter(new FileStream("/dev/stdout", FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var home = Environment.GetEnvironmentVariable(HomeVariable)!;
        var cluster = PrivateCluster.StartAsync(home, ToolboxPaths.Toolbox(), CancellationToken.None).GetAwaiter().GetResult();
        output.WriteLine("in");
        using var input = new FileStream("/dev/stdin", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        input.ReadByte();
        cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Environment.Exit(0);
    }
}
