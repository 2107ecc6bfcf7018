using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>Says every few seconds that this worker lives, for people; who takes over a dead one's steps is Quartz's to decide.</summary>
internal sealed partial class Heartbeat(NpgsqlDataSource database, WorkerIdentity identity, ServiceSettings settings, ILogger<Heartbeat> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly DateTimeOffset _started = settings.Time.GetUtcNow();

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync("DELETE FROM workers WHERE name = $1", [identity.Name], cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = settings.Time.GetUtcNow();
            await TryAsync(
                """
                INSERT INTO workers (name, host, pid, platforms, slots, version, started_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (name) DO UPDATE SET seen_at = EXCLUDED.seen_at
                """,
                [identity.Name, Environment.MachineName, Environment.ProcessId, settings.Platforms.ToArray(), settings.Workers, typeof(Heartbeat).Assembly.GetName().Version?.ToString(3) ?? "0", _started, now],
                stoppingToken);
            await TryAsync("DELETE FROM workers WHERE seen_at < $1", [now - TimeSpan.FromDays(1)], stoppingToken);
            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryAsync(string sql, object[] values, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(sql);
            foreach (var value in values)
            {
                command.Parameters.AddWithValue(value);
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or OperationCanceledException or IOException or TimeoutException)
        {
            BeatMissed(logger, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "a heartbeat was missed: {Reason}")]
    private static partial void BeatMissed(ILogger logger, string reason);
}
