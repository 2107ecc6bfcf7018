using System.Data;
using System.Reflection;
using System.Text;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Writes attempts as training data. Every row comes from one state of the database (<c>REPEATABLE READ</c>), passes through one at a time, and
/// holds the code that was measured, byte for byte; else nothing is exported.
/// </summary>
public sealed class DatasetExporter(NpgsqlDataSource database)
{
    private static readonly string Version = typeof(DatasetExporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Bytes of lines after which a data file is closed and another begun.</summary>
    internal long ShardBytes { get; init; } = 256L << 20;

    /// <summary>Exports to a folder that is new or empty.</summary>
    /// <returns>What <c>manifest.json</c> says.</returns>
    /// <exception cref="DatasetException">It cannot be made: the order, a row whose code is not what was measured, the disk, the folder. Nothing is left.</exception>
    public async Task<DatasetManifest> ExportAsync(DatasetOrder order, string outputFolder, CancellationToken cancellationToken)
    {
        var plan = DatasetPlan.Of(order);
        try
        {
            using var folder = DatasetFolder.Begin(outputFolder);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var snapshot = await SnapshotAsync(connection, cancellationToken);
            AttemptMarks marks = new(connection, plan);
            await marks.MakeAsync(cancellationToken);
            var funnel = await marks.CountAsync(cancellationToken);
            RowCounts counts = new();
            var files = await WriteRowsAsync(marks, plan, folder, counts, cancellationToken);
            DatasetManifest manifest = new()
            {
                Recipe = plan.Order.Recipe,
                RecipeVersion = DatasetPlan.RecipeVersion,
                Format = plan.Order.Format,
                Parameters = plan.Order,
                Snapshot = snapshot,
                Counts = counts.ToCounts(),
                Funnel = funnel,
                Files = files,
                Kernelforge = Version,
            };
            manifest = manifest with
            {
                Files =
                [
                    Write(folder, "README.md", DatasetCard.Write(manifest)),
                    .. files,
                    Write(folder, "funnel.json", JsonSerializer.Serialize(funnel, ReadableJson.Context.DatasetFunnel) + "\n"),
                ],
            };
            Write(folder, "manifest.json", JsonSerializer.Serialize(manifest, ReadableJson.Context.DatasetManifest) + "\n");
            cancellationToken.ThrowIfCancellationRequested();
            folder.Publish();
            return manifest;
        }
        catch (IOException error) when (ExportDisk.IsFull(error))
        {
            throw ExportDisk.Full(outputFolder, error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DatasetException($"expected a folder that can be written, found {outputFolder}: {error.Message}; choose another, or allow it", error);
        }
    }

    private async Task<IReadOnlyList<DatasetFile>> WriteRowsAsync(AttemptMarks marks, DatasetPlan plan, DatasetFolder folder, RowCounts counts, CancellationToken cancellationToken)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        await using ShardWriter train = new(data, TaskSplit.Train, plan.Order.Gzip, ShardBytes);
        await using ShardWriter validation = new(data, TaskSplit.Validation, plan.Order.Gzip, ShardBytes);
        await foreach (var attempt in marks.ReadAsync(cancellationToken))
        {
            attempt.CheckCode();
            var split = plan.Split.Of(attempt.Record.Task);
            await (split == TaskSplit.Train ? train : validation).WriteAsync(RowLine.Of(attempt, plan.Order), cancellationToken);
            counts.Add(attempt.Record, split);
        }

        return [.. await train.CompleteAsync(), .. await validation.CompleteAsync()];
    }

    private static async Task<DatasetSnapshot> SnapshotAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            "SELECT now(), pg_current_snapshot()::text, (SELECT count(*) FROM rounds), (SELECT count(*) FROM evaluations), (SELECT count(*) FROM rankable)", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new DatasetSnapshot
        {
            TakenAt = reader.GetFieldValue<DateTimeOffset>(0),
            Id = reader.GetString(1),
            Attempts = reader.GetInt64(2),
            Evaluations = reader.GetInt64(3),
            Rankable = reader.GetInt64(4),
        };
    }

    private static DatasetFile Write(DatasetFolder folder, string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using FileStream file = new(Path.Combine(folder.Path, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
        return new DatasetFile { Name = name, Sha256 = StoredAttempt.HashOf(text), Bytes = bytes.Length };
    }
}
