using KernelForge.Processes;
using Npgsql;

namespace KernelForge.Api.Store;

/// <summary>Keeps the private PostgreSQL server running while this process uses it: one that was killed is started again, by whichever process sees it first.</summary>
internal sealed partial class ClusterKeeper(PrivateCluster first, ServiceSettings settings, NpgsqlDataSource database, ILogger<ClusterKeeper> logger) : BackgroundService, IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private PrivateCluster _cluster = first;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return _cluster.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Poll, stoppingToken);
                await using var command = database.CreateCommand("SELECT 1");
                await command.ExecuteScalarAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
            {
                await RestartAsync(error, stoppingToken);
            }
        }
    }

    private async Task RestartAsync(Exception reason, CancellationToken stoppingToken)
    {
        ServerGone(logger, reason.Message);
        try
        {
            // Joining comes first: so that nobody's leaving stops the server between the two.
            var next = await PrivateCluster.StartAsync(settings.Home, settings.Toolbox, stoppingToken);
            var before = _cluster;
            _cluster = next;
            await before.DisposeAsync();
        }
        catch (Exception error) when (error is PrivateClusterException or OperationCanceledException)
        {
            if (!stoppingToken.IsCancellationRequested)
            {
                ServerNotBack(logger, error);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "the private database does not answer ({Reason}); it is started again where it has gone")]
    private static partial void ServerGone(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "the private database could not be started again; it is tried again")]
    private static partial void ServerNotBack(ILogger logger, Exception error);
}
