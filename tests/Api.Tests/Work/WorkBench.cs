using System.Security.Cryptography;
using System.Text;
using KernelForge.Api.Work;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace KernelForge.Api.Tests.Work;

/// <summary>Puts work into a database as accepting does, and waits for what becomes of it.</summary>
internal sealed class WorkBench(NpgsqlDataSource database, StepStore steps) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public NpgsqlDataSource Database => database;

    public static WorkBench Of(Service service) => new(service.Parts.GetRequiredService<NpgsqlDataSource>(), service.Parts.GetRequiredService<StepStore>());

    /// <summary>One of its own, for services in other processes.</summary>
    public static WorkBench Open(string connectionString)
    {
        var database = Api.Store.Database.Open(connectionString);
        return new WorkBench(database, new StepStore(database, TimeProvider.System));
    }

    public async Task<Guid> SubmitAsync(string task, string code, string? preset = "small")
    {
        var id = Guid.CreateVersion7();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await EvaluationStore.KeepSolutionAsync(connection, sha256, code, DateTimeOffset.UnixEpoch, CancellationToken.None);
        await ExecuteAsync(
            connection,
            "INSERT INTO submissions (id, task_sha256, solution_sha256, platform, preset, origin, state, created_at) SELECT $1, sha256, $2, 'sim', $3, 'api', 'queued', now() FROM tasks WHERE name = $4 AND current",
            id, sha256, (object?)preset ?? DBNull.Value, task);
        await steps.EnqueueAsync(connection, Guid.CreateVersion7(), "evaluation", id, 0, "sim", 0, CancellationToken.None);
        await transaction.CommitAsync();
        return id;
    }

    public async Task<Guid> RunAsync(string task, string coder, int rounds, string strategy = "coder-judge", string? judge = null)
    {
        var id = Guid.CreateVersion7();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(
            connection,
            """
            INSERT INTO runs (id, task_sha256, strategy, coder, judge, rounds, platform, state, created_at)
            SELECT $1, sha256, $5, $2, $6, $3, 'sim', 'queued', now() FROM tasks WHERE name = $4 AND current
            """,
            id, coder, rounds, task, strategy, judge ?? coder);
        await steps.EnqueueAsync(connection, Guid.CreateVersion7(), "round", id, 0, "sim", 0, CancellationToken.None);
        await transaction.CommitAsync();
        return id;
    }

    public async Task<IReadOnlyList<Guid>> NoopsAsync(int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToList();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var id in ids)
        {
            await steps.EnqueueAsync(connection, id, "noop", id, 0, "sim", 0, CancellationToken.None);
        }

        await transaction.CommitAsync();
        return ids;
    }

    /// <summary>The state of a submission or run once it has ended.</summary>
    public async Task<string> EndOfAsync(string table, Guid id, TimeSpan? patience = null)
    {
        var state = "";
        await UntilAsync(async () => Lifecycle.IsFinal(state = await TextAsync($"SELECT state FROM {table} WHERE id = $1", id) ?? ""), () => $"{table} {id} is still {state}", patience);
        return state;
    }

    public async Task<string?> TextAsync(string sql, params object[] values)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var command = Command(connection, sql, values);
        return (await command.ExecuteScalarAsync())?.ToString();
    }

    public async Task<long> CountAsync(string sql, params object[] values) => long.Parse(await TextAsync(sql, values) ?? "0");

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan? patience = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < (patience ?? Patience), otherwise());
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = Command(connection, sql, values);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] values)
    {
        NpgsqlCommand command = new(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        return command;
    }
}
