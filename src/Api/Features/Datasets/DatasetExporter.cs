using System.Data;
using System.Reflection;
using System.Text;
using System.Text.Json;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Datasets.Formats;
using KernelForge.Api.Features.Datasets.Recipes;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Writes attempts as training data. Every row comes from one state of the database (<c>REPEATABLE READ</c>), passes through one at a time, and
/// holds the code that was measured, byte for byte; else nothing is exported.
/// </summary>
/// <param name="database">What is exported.</param>
/// <param name="root">The repository: the suite's surveys, the prompts and their worked examples.</param>
public sealed class DatasetExporter(NpgsqlDataSource database, string root)
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
            var prompts = Prompts(plan);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var snapshot = await SnapshotAsync(connection, cancellationToken);
            AttemptMarks marks = new(connection, plan);
            await marks.MakeAsync(SuiteRecords.Load(root), new WorkedExamples(ExampleLibrary.Load(Path.Combine(root, "prompts", "examples"))), cancellationToken);
            var funnel = await marks.CountAsync(cancellationToken);
            RowCounts counts = new();
            var files = await WriteRowsAsync(marks, plan, prompts, folder, counts, cancellationToken);
            DatasetManifest manifest = new()
            {
                FormatVersion = DatasetVerifier.FormatVersion,
                Recipe = plan.Order.Recipe,
                RecipeVersion = plan.Recipe.Version,
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
                    Write(folder, "README.md", new DatasetCard(manifest, plan).Write()),
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

    /// <summary>The templates, where rows are made with them; null where they are not.</summary>
    private PromptLibrary? Prompts(DatasetPlan plan)
    {
        try
        {
            return plan.Recipe.Yield == RecipeYield.Advice ? PromptLibrary.Load(Path.Combine(root, "prompts")) : null;
        }
        catch (PromptException error)
        {
            throw new DatasetException($"recipe {plan.Recipe.Name} makes its prompts by the Judge's templates: {error.Message}; nothing was exported", error);
        }
    }

    private async Task<IReadOnlyList<DatasetFile>> WriteRowsAsync(AttemptMarks marks, DatasetPlan plan, PromptLibrary? prompts, DatasetFolder folder, RowCounts counts, CancellationToken cancellationToken)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        await using ShardWriter train = new(data, TaskSplit.Train, plan.Order.Gzip, ShardBytes);
        await using ShardWriter validation = new(data, TaskSplit.Validation, plan.Order.Gzip, ShardBytes);
        await foreach (var row in marks.ReadAsync(cancellationToken))
        {
            row.CheckCode();
            var split = plan.Split.Of(row.Attempt.Record.Task);
            var writer = split == TaskSplit.Train ? train : validation;
            await writer.WriteAsync(plan.Format.Line(row, new FormatContext(plan, prompts, split, writer.Rows)), cancellationToken);
            counts.Add(row.Attempt.Record, split);
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
