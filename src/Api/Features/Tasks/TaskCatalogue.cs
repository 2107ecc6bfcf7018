using System.Security.Cryptography;
using KernelForge.Agents.Suite;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Tasks;

/// <summary>Tasks in the database: the suite's, brought up to date when a service starts, and those that users bring. A version of a task is never changed.</summary>
internal sealed class TaskCatalogue(NpgsqlDataSource database, ServiceSettings settings)
{
    private const long ImportLock = 0x6b66_7461_736b_73;

    /// <summary>What audits found and tasks cost, as it was when this process started.</summary>
    public SuiteFacts Facts { get; private set; } = SuiteFacts.None;

    /// <summary>Brings the suite's and the imported tasks up to date; of several processes that start at once each finds the others' work done.</summary>
    public async Task ImportSuiteAsync(CancellationToken cancellationToken)
    {
        var suite = TaskSuite.Load(settings.Root, settings.Home);
        Facts = SuiteFacts.Load(settings.Root, settings.Home);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AloneAsync(connection, cancellationToken);
        // The hash is the key: of several tasks of one text the first is held, our own before imported ones.
        foreach (var entry in suite.Tasks.OrderBy(task => ImportedTasks.Owns(task.Name)).DistinctBy(task => task.Sha256))
        {
            var source = await File.ReadAllTextAsync(suite.FileOf(entry).Path, cancellationToken);
            await KeepAsync(connection, entry, source, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Waits until no other transaction changes tasks.</summary>
    public async Task AloneAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand alone = new("SELECT pg_advisory_xact_lock($1)", connection);
        alone.Parameters.AddWithValue(ImportLock);
        await alone.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes a text the current version of a task; its hash. What is there already is left as it is.</summary>
    public async Task<string> KeepAsync(NpgsqlConnection connection, TaskEntry entry, string source, CancellationToken cancellationToken)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(source)));
        await using NpgsqlBatch batch = new(connection);
        NpgsqlBatchCommand older = new("UPDATE tasks SET current = false WHERE name = $1 AND current AND sha256 <> $2");
        older.Parameters.AddWithValue(entry.Name);
        older.Parameters.AddWithValue(sha256);
        batch.BatchCommands.Add(older);
        NpgsqlBatchCommand insert = new(
            """
            INSERT INTO tasks (sha256, name, category, source, origin, kernelbench, difficulty, ranked, reason, presets, current, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11)
            ON CONFLICT (sha256) DO UPDATE SET current = true, name = EXCLUDED.name, category = EXCLUDED.category, origin = EXCLUDED.origin, kernelbench = EXCLUDED.kernelbench,
                difficulty = EXCLUDED.difficulty, ranked = EXCLUDED.ranked, reason = EXCLUDED.reason
            """);
        insert.Parameters.AddWithValue(sha256);
        insert.Parameters.AddWithValue(entry.Name);
        insert.Parameters.AddWithValue(NpgsqlDbType.Text, entry.Category.Length > 0 ? entry.Category : DBNull.Value);
        insert.Parameters.AddWithValue(source);
        insert.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)entry.Origin ?? DBNull.Value);
        insert.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)entry.Kernelbench ?? DBNull.Value);
        insert.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)entry.Difficulty ?? DBNull.Value);
        insert.Parameters.AddWithValue(NpgsqlDbType.Boolean, (object?)entry.Ranked ?? DBNull.Value);
        insert.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)entry.Reason ?? DBNull.Value);
        insert.Parameters.AddWithValue(entry.Presets.ToArray());
        insert.Parameters.AddWithValue(settings.Time.GetUtcNow());
        batch.BatchCommands.Add(insert);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return sha256;
    }
}
