using System.Threading.Channels;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>
/// Tells the workers that work was accepted, after its transaction. <c>NOTIFY</c> inside it would make commits wait for each other
/// (PostgreSQL holds one lock over them), and many acceptances need one ring. One that is lost is made up for by the sweep's polling.
/// </summary>
internal sealed partial class WorkBell(NpgsqlDataSource database, ILogger<WorkBell> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly Channel<string> _rung = Channel.CreateBounded<string>(new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>There is new work in a group; returns at once.</summary>
    public void Ring(string group) => _rung.Writer.TryWrite(group);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await _rung.Reader.WaitToReadAsync(stoppingToken))
            {
                HashSet<string> groups = [];
                while (_rung.Reader.TryRead(out var group))
                {
                    groups.Add(group);
                }

                await TellAsync(groups, stoppingToken);
                await Task.Delay(Pause, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The sweep polls.
        }
    }

    private async Task TellAsync(IEnumerable<string> groups, CancellationToken cancellationToken)
    {
        try
        {
            await using var batch = database.CreateBatch();

            // Nothing is written, so nothing must reach the disk.
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL synchronous_commit = off"));
            foreach (var group in groups)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_notify($1, $2)") { Parameters = { new() { Value = StepStore.WorkChannel }, new() { Value = group } } });
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException)
        {
            NobodyTold(logger, error);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "the workers could not be told of new work; they poll")]
    private static partial void NobodyTold(ILogger logger, Exception error);
}
