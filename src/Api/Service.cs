using KernelForge.Api.Features.Tasks;
using KernelForge.Api.Store;
using KernelForge.Processes;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api;

/// <summary>
/// One process of the service: with a web server (<c>serve</c>), with workers, or both. It makes or joins the database first, and leaves it last.
/// </summary>
public sealed class Service : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Service(WebApplication app) => _app = app;

    /// <summary>Addresses that it listens on; empty for a worker alone.</summary>
    public IReadOnlyList<string> Addresses => [.. _app.Urls];

    /// <summary>Its parts, for what runs in the same process.</summary>
    internal IServiceProvider Parts => _app.Services;

    /// <summary>Starts it; ready once this returns.</summary>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="PrivateClusterException">The private database cannot be had.</exception>
    /// <exception cref="Features.Keys.UnguardedAddressException">Other machines would reach it, and there is no API key.</exception>
    /// <exception cref="IOException">An address is in use, or cannot be listened on.</exception>
    public static async Task<Service> StartAsync(ServiceSettings settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var cluster = settings.ConnectionString is null ? await PrivateCluster.StartAsync(settings.Home, settings.Toolbox, cancellationToken) : null;
        WebApplication? app = null;
        try
        {
            app = Build(settings, cluster);
            await Database.MigrateAsync(app.Services.GetRequiredService<IDbContextFactory<KernelForgeDb>>(), cancellationToken);
            await Features.Keys.Addresses.RequireGuardAsync(settings, app.Services.GetRequiredService<Npgsql.NpgsqlDataSource>(), cancellationToken);
            await app.Services.GetRequiredService<TaskCatalogue>().ImportSuiteAsync(cancellationToken);
            await app.StartAsync(cancellationToken);
            return new Service(app);
        }
        catch
        {
            if (app is not null)
            {
                await EndAsync(app);
            }
            else if (cluster is not null)
            {
                await cluster.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Serves until the token ends it.</summary>
    /// <exception cref="InvalidOperationException">One of its parts has ended by itself, which is our own fault.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _app.Lifetime.ApplicationStopping);
        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellationToken.IsCancellationRequested)
        {
            var broken = _app.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(part => part.ExecuteTask is { IsFaulted: true });
            throw new InvalidOperationException($"the service has ended: its part {broken?.GetType().Name ?? "(unknown)"} broke", broken?.ExecuteTask?.Exception?.InnerException);
        }
    }

    /// <summary>Stops: running steps are given back, and the database is left.</summary>
    public async ValueTask DisposeAsync() => await EndAsync(_app);

    private static async Task EndAsync(WebApplication app)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(20));
        await app.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // The keeper of the private database among its parts leaves that last: it was made first.
        await app.DisposeAsync();
    }

    private static WebApplication Build(ServiceSettings settings, PrivateCluster? cluster)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(Service).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning)
            // It warns of every node that was stopped, which the sweep and recovery see to.
            .AddFilter("Quartz", LogLevel.Error)
            // What fails in a start is thrown, and said once.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            // The very first start asks for a table that is not there yet.
            .AddFilter("Microsoft.EntityFrameworkCore.Database", LogLevel.None);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        var database = Database.Open(settings.ConnectionString ?? cluster!.ConnectionString);
        if (cluster is not null)
        {
            builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ClusterKeeper>(provider, cluster));
            builder.Services.AddHostedService(provider => provider.GetRequiredService<ClusterKeeper>());
        }

        ServiceParts.Add(builder.Services, settings, database);
        builder.Services.AddSingleton<TaskCatalogue>();
        if (settings.Workers > 0)
        {
            ServiceParts.AddWorkers(builder.Services, settings);
        }

        ServiceWeb.Add(builder, settings);
        var app = builder.Build();
        if (cluster is not null)
        {
            // Made now, so that it is disposed of after everything that is made later.
            app.Services.GetRequiredService<ClusterKeeper>();
        }

        ServiceWeb.Map(app, settings);
        return app;
    }

    /// <summary>Signals are the program's: it ends the service by its token, and a second interrupt ends the program.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
