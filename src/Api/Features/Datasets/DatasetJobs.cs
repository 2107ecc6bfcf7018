using System.Text.Json;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Makes queued exports, one at a time, in the process that serves their files. Whoever makes one holds its advisory lock on a connection of its
/// own: a row that says <c>running</c> while nobody holds its lock is of a process that died, and is made again from the beginning.
/// </summary>
internal sealed partial class DatasetJobs(NpgsqlDataSource database, DatasetExporter exporter, Notifications notifications, ServiceSettings settings, ILogger<DatasetJobs> logger) : BackgroundService
{
    /// <summary>Payload of a notification on <see cref="StepStore.WorkChannel"/> that an export waits.</summary>
    public const string Waiting = "datasets";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    /// <summary>Makes one export that nobody else makes; false where there is none.</summary>
    internal async Task<bool> MakeOneAsync(CancellationToken cancellationToken)
    {
        foreach (var id in await OpenAsync(cancellationToken))
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            if (!await LockAsync(connection, id, cancellationToken))
            {
                continue;
            }

            try
            {
                if (await BeginAsync(connection, id, cancellationToken) is { } begun)
                {
                    await MakeAsync(connection, id, begun.Order, Path.Combine(settings.Home, begun.Folder), cancellationToken);
                    return true;
                }
            }
            finally
            {
                await UnlockAsync(connection, id);
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await MakeOneAsync(stoppingToken))
                {
                    await notifications.WaitAsync(StepStore.WorkChannel, Waiting, Poll, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
            {
                ExportBroke(logger, error);
                await Task.Delay(Poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task MakeAsync(NpgsqlConnection connection, Guid id, DatasetOrder order, string folder, CancellationToken cancellationToken)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                // A process died between the folder's renaming and its row: the row owns the truth.
                Directory.Delete(folder, recursive: true);
            }

            var manifest = await exporter.ExportAsync(order, folder, cancellationToken);
            await EndAsync(connection, id, Lifecycle.Succeeded, JsonSerializer.Serialize(manifest, ContractsJson.Default.DatasetManifest), null);
        }
        catch (DatasetException error)
        {
            await EndAsync(connection, id, Lifecycle.Failed, null, error.Message);
        }
        catch (Exception error) when (error is not (OperationCanceledException or NpgsqlException))
        {
            ExportBroke(logger, error);
            await EndAsync(connection, id, Lifecycle.Failed, null, $"an error of KernelForge itself; please report it: {error.Message}");
        }
    }

    private async Task<List<Guid>> OpenAsync(CancellationToken cancellationToken)
    {
        List<Guid> open = [];
        await using var command = database.CreateCommand("SELECT id FROM datasets WHERE state IN ('queued', 'running') ORDER BY created_at, id LIMIT 100");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add(reader.GetGuid(0));
        }

        return open;
    }

    /// <summary>The lock of this export alone: it ends with the connection, whatever becomes of this process.</summary>
    private static async Task<bool> LockAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("SELECT pg_try_advisory_lock(hashtextextended('dataset ' || $1::text, 0))", connection);
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task UnlockAsync(NpgsqlConnection connection, Guid id)
    {
        if (connection.State == System.Data.ConnectionState.Open)
        {
            await using NpgsqlCommand command = new("SELECT pg_advisory_unlock(hashtextextended('dataset ' || $1::text, 0))", connection);
            command.Parameters.AddWithValue(id);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<(DatasetOrder Order, string Folder)?> BeginAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("UPDATE datasets SET state = 'running' WHERE id = $1 AND state IN ('queued', 'running') RETURNING parameters, folder", connection);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Default.DatasetOrder)!, reader.GetString(1))
            : null;
    }

    private async Task EndAsync(NpgsqlConnection connection, Guid id, string state, string? manifest, string? failure)
    {
        await using NpgsqlCommand command = new("UPDATE datasets SET state = $2, manifest = $3, failure = $4, finished_at = $5 WHERE id = $1 AND state = 'running'", connection);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(state);
        command.Parameters.AddWithValue(NpgsqlDbType.Json, (object?)manifest ?? DBNull.Value);
        command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)failure ?? DBNull.Value);
        command.Parameters.AddWithValue(settings.Time.GetUtcNow());
        await command.ExecuteNonQueryAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "making datasets broke off; it is tried again")]
    private static partial void ExportBroke(ILogger logger, Exception error);
}
