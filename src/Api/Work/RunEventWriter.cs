using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>
/// Writes a run's events as they happen, in order, each batch under the step's fence. The last one, <see cref="Stopped"/>, is held back: it is
/// written with the run's end, in one transaction.
/// </summary>
internal sealed class RunEventWriter : IProgress<RunEvent>, IAsyncDisposable
{
    private readonly Channel<RunEvent> _queue = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly NpgsqlDataSource _database;
    private readonly EventStore _events;
    private readonly StepClaim _claim;
    private readonly Task _writing;

    public RunEventWriter(NpgsqlDataSource database, EventStore events, StepClaim claim)
    {
        _database = database;
        _events = events;
        _claim = claim;
        _writing = WriteAllAsync();
    }

    /// <summary>The event that ended the run; null where it goes on.</summary>
    public Stopped? Stopped { get; private set; }

    /// <summary>The row of an event.</summary>
    public static (string Type, string Body) Row(RunEvent happened)
    {
        var body = JsonSerializer.Serialize(happened, ContractsJson.Default.RunEvent);
        return (JsonNode.Parse(body)!["event"]!.GetValue<string>(), body);
    }

    /// <inheritdoc/>
    public void Report(RunEvent value)
    {
        if (value is Stopped stopped)
        {
            Stopped = stopped;
        }
        else
        {
            _queue.Writer.TryWrite(value);
        }
    }

    /// <summary>Waits until everything is written.</summary>
    /// <exception cref="StepLostException">Another process has the step now.</exception>
    public async Task FlushAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteAllAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            List<(string, string)> rows = [];
            while (_queue.Reader.TryRead(out var happened))
            {
                rows.Add(Row(happened));
            }

            await using var connection = await _database.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await StepStore.CheckFenceAsync(connection, _claim, CancellationToken.None);
            await _events.AppendAsync(connection, _claim.OwnerId, rows, CancellationToken.None);
            await transaction.CommitAsync();
        }
    }
}
