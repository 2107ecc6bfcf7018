using System.Diagnostics;

namespace KernelForge.Processes.Tests.Cluster;

/// <summary>A data folder with a cluster that has been made; its server does not run between tests.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private string? _missing;

    public string Home { get; } = Directory.CreateTempSubdirectory("kernelforge-cluster-").FullName;

    internal ClusterFolder Folder => new(Home);

    /// <summary>Skips where there is no PostgreSQL; fails where one is required.</summary>
    public void Require()
    {
        if (_missing is not null && Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_POSTGRES") == "1")
        {
            Assert.Fail($"KERNELFORGE_REQUIRE_POSTGRES is 1, but {_missing}");
        }

        Assert.SkipWhen(_missing is not null, _missing ?? string.Empty);
    }

    public Task<PrivateCluster> StartAsync(string? home = null) =>
        PrivateCluster.StartAsync(home ?? Home, ToolboxPaths.Toolbox(), TestContext.Current.CancellationToken);

    /// <summary>What a statement prints, without any ornament.</summary>
    public async Task<string> QueryAsync(string sql)
    {
        var exit = await ClusterServer.Find(Folder, ToolboxPaths.Toolbox()).RunClientAsync("psql", ["-XAtc", sql, "kernelforge"], TestContext.Current.CancellationToken);
        return exit.ExitCode == 0 ? exit.StandardOutput.Trim() : exit.StandardError.Trim();
    }

    /// <summary>A process of its own that uses the cluster; it has joined when this returns.</summary>
    public async Task<Process> UserAsync()
    {
        var assembly = typeof(ClusterFixture).Assembly.Location;
        var start = new ProcessStartInfo(DotnetProgram.Host, ["exec", assembly])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment[StartupHook.HomeVariable] = Home;
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line != "in")
        {
            process.Kill();
            Assert.Fail($"the user did not join: {line} {await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
        }

        return process;
    }

    public async ValueTask InitializeAsync()
    {
        try
        {
            await (await StartAsync()).DisposeAsync();
        }
        catch (PrivateClusterException error)
        {
            _missing = error.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_missing is null)
        {
            // What a failed test left running ends with the last user.
            await (await PrivateCluster.StartAsync(Home, ToolboxPaths.Toolbox(), CancellationToken.None)).DisposeAsync();
        }

        Directory.Delete(Home, recursive: true);
    }
}
