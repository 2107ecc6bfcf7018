using KernelForge.Processes;
using Npgsql;

[assembly: AssemblyFixture(typeof(KernelForge.Api.Tests.ServiceFixture))]

namespace KernelForge.Api.Tests;

/// <summary>One private PostgreSQL server for all tests of this assembly, in a data folder of its own; each test class makes a database of its own.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    private PrivateCluster? _cluster;
    private int _databases;

    public string Home { get; } = Directory.CreateTempSubdirectory("kf-api-").FullName;

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Path.Combine(ToolboxPaths.Toolbox(), "usr/lib/postgresql/17/bin/postgres")))
        {
            _cluster = await PrivateCluster.StartAsync(Home, ToolboxPaths.Toolbox(), CancellationToken.None);
        }
        else if (Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_POSTGRES") == "1")
        {
            throw new InvalidOperationException("KERNELFORGE_REQUIRE_POSTGRES=1 and the toolbox has no PostgreSQL: ./kernelforge setup");
        }
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        Directory.Delete(Home, recursive: true);
    }

    /// <summary>Connection string of a new empty database; skips the test where there is no server.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        Assert.SkipWhen(_cluster is null, "the toolbox has no PostgreSQL: ./kernelforge setup");
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using NpgsqlConnection connection = new(_cluster!.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>Settings of a service on a database, listening on a free port of this machine.</summary>
    public ServiceSettings Settings(string connectionString, int workers = 1) => new()
    {
        Root = Repository.Root,
        // Not the database's folder: what the reference worker has computed once is there for the next run.
        Home = ToolboxPaths.Home(),
        Toolbox = ToolboxPaths.Toolbox(),
        ConnectionString = connectionString,
        Urls = "http://127.0.0.1:0",
        Workers = workers,
        Evaluator = Environment.GetEnvironmentVariable("KERNELFORGE_EVALUATOR"),
    };
}
