using System.Collections.Concurrent;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>
/// <c>LISTEN</c>s on one connection and wakes whoever waits. Notifications only make things faster: everyone who waits also polls, and a lost
/// connection is made again.
/// </summary>
internal sealed partial class Notifications(NpgsqlDataSource database, ILogger<Notifications> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<(string Channel, string Payload), Signal> _waiting = new();

    /// <summary>Told of every notification, its channel and payload, on the listening connection's task: must not block.</summary>
    public event EventHandler<NpgsqlNotificationEventArgs>? Received;

    /// <summary>Waits until a notification of that channel and payload (empty: any), or until the time is over; true where one came.</summary>
    public async Task<bool> WaitAsync(string channel, string payload, TimeSpan most, CancellationToken cancellationToken)
    {
        var signal = _waiting.GetOrAdd((channel, payload), _ => new Signal());
        var came = await signal.WaitAsync(most, cancellationToken);
        if (!came)
        {
            // Whoever else waits on it polls too.
            _waiting.TryRemove(new KeyValuePair<(string, string), Signal>((channel, payload), signal));
        }

        return came;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                connection.Notification += (_, notification) => Tell(notification);
                await using (NpgsqlCommand listen = new($"LISTEN {StepStore.WorkChannel}; LISTEN {StepStore.CancelChannel}; LISTEN {EventStore.Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(stoppingToken);
                }

                while (true)
                {
                    // A wait without an end would not notice a server that went away without a word.
                    if (!await connection.WaitAsync(TimeSpan.FromSeconds(15), stoppingToken))
                    {
                        await using NpgsqlCommand alive = new("SELECT 1", connection);
                        await alive.ExecuteScalarAsync(stoppingToken);
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
            {
                ListeningBroke(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Tell(NpgsqlNotificationEventArgs notification)
    {
        Received?.Invoke(this, notification);
        foreach (var key in ((string, string)[])[(notification.Channel, notification.Payload), (notification.Channel, "")])
        {
            if (_waiting.TryRemove(key, out var signal))
            {
                signal.Set();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "listening for notifications broke off; polling goes on, and listening is tried again")]
    private static partial void ListeningBroke(ILogger logger, Exception error);

    private sealed class Signal
    {
        private readonly TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Set() => _set.TrySetResult();

        public async Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellationToken)
        {
            try
            {
                await _set.Task.WaitAsync(most, cancellationToken);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }
}
