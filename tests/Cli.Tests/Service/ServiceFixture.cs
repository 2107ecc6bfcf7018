using KernelForge.Api;
using KernelForge.Cli.Tests.Service;
using KernelForge.Processes;
using Npgsql;

[assembly: AssemblyFixture(typeof(ServiceFixture))]

namespace KernelForge.Cli.Tests.Service;

/// <summary>One private PostgreSQL server and, once a test asks for it, one service with a worker, for all tests of this assembly.</summary>
public sealed class ServiceFixture : IAsyncLifetime
{
    private readonly SemaphoreSlim _starting = new(1);
    private readonly string _folder = Directory.CreateTempSubdirectory("kernelforge-cli-service-").FullName;
    private PrivateCluster? _cluster;
    private Api.Service? _service;
    private int _databases;

    /// <summary>The program of the evaluator; null where none was built.</summary>
    public static string? Evaluator { get; } = FindEvaluator();

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Path.Combine(ToolboxPaths.Toolbox(), "usr/lib/postgresql/17/bin/postgres")))
        {
            _cluster = await PrivateCluster.StartAsync(_folder, ToolboxPaths.Toolbox(), CancellationToken.None);
        }
        else if (Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_POSTGRES") == "1")
        {
            throw new InvalidOperationException("KERNELFORGE_REQUIRE_POSTGRES=1 and the toolbox has no PostgreSQL: ./kernelforge setup");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        NpgsqlConnection.ClearAllPools();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _starting.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Connection string of a new empty database; skips the test where there is no server.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        Assert.SkipWhen(_cluster is null, "the toolbox has no PostgreSQL: ./kernelforge setup");
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using NpgsqlConnection connection = new(_cluster.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(_cluster.ConnectionString) { Database = name }.ConnectionString;
    }

    /// <summary>A command line beside the service that all tests share.</summary>
    internal async Task<TestCli> CliAsync()
    {
        await _starting.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _service ??= await Api.Service.StartAsync(
                new ServiceSettings
                {
                    Root = RepositoryRoot(),
                    // Not the database's folder: what the reference worker has computed once is there for the next run.
                    Home = ToolboxPaths.Home(),
                    Toolbox = ToolboxPaths.Toolbox(),
                    ConnectionString = await NewDatabaseAsync(),
                    Urls = "http://127.0.0.1:0",
                    Workers = 1,
                    Evaluator = Evaluator,
                },
                TestContext.Current.CancellationToken);
        }
        finally
        {
            _starting.Release();
        }

        TestCli cli = new();
        cli.Settings["KERNELFORGE_SERVICE"] = _service.Addresses[0];
        return cli;
    }

    /// <summary>A command line that has a database and no service.</summary>
    internal async Task<TestCli> CliWithDatabaseAsync()
    {
        TestCli cli = new() { Toolbox = ToolboxPaths.Toolbox() };
        cli.Settings["ConnectionStrings__KernelForge"] = await NewDatabaseAsync();
        return cli;
    }

    private static string? FindEvaluator() =>
        ((string?[])[Environment.GetEnvironmentVariable("KERNELFORGE_EVALUATOR"), Path.Combine(RepositoryRoot(), "artifacts/app/KernelForge.Evaluator.dll")])
        .FirstOrDefault(File.Exists);

    private static string RepositoryRoot()
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
