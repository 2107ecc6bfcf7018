using System.Diagnostics;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>Load for <c>bench service</c>: steps without work, and a database full of attempts.</summary>
public sealed class ServiceLoad : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;
    private readonly StepStore _steps;

    /// <summary>Works on a database that a service has migrated.</summary>
    public ServiceLoad(string connectionString)
    {
        _database = Store.Database.Open(connectionString);
        _steps = new StepStore(_database, TimeProvider.System);
    }

    /// <summary>Processes that run steps now.</summary>
    public Task<long> CountWorkersAsync(CancellationToken cancellationToken) => CountAsync("SELECT count(*) FROM workers WHERE seen_at > now() - interval '15 seconds'", cancellationToken);

    /// <summary>Cancels what is queued: submissions that were made to measure accepting are not to be judged.</summary>
    public async Task DropQueuedAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(
            "UPDATE steps SET state = 'cancelled' WHERE state = 'queued'; UPDATE submissions SET state = 'cancelled' WHERE state = 'queued'");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Queues steps without work and waits until all have ended: how many a second, and how many were started more than once.</summary>
    public async Task<(double PerSecond, long Twice)> RunNoopsAsync(int count, CancellationToken cancellationToken)
    {
        var group = Guid.CreateVersion7();
        var elapsed = Stopwatch.StartNew();
        await using (var connection = await _database.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            for (var i = 0; i < count; i++)
            {
                await _steps.EnqueueAsync(connection, Guid.CreateVersion7(), "noop", group, i, "sim", 0, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        while (await CountAsync($"SELECT count(*) FROM steps WHERE owner_id = '{group}' AND state <> 'succeeded'", cancellationToken) > 0)
        {
            await Task.Delay(20, cancellationToken);
        }

        return (count / elapsed.Elapsed.TotalSeconds, await CountAsync($"SELECT count(*) FROM steps WHERE owner_id = '{group}' AND tries <> 1", cancellationToken));
    }

    /// <summary>
    /// Fills the database up to a number of attempts by copying what real evaluations left: each finished round again under new ids, its solution
    /// under a hash of its own.
    /// </summary>
    public async Task MultiplyAttemptsAsync(int count, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using NpgsqlCommand make = new(
            $"""
            CREATE TEMP TABLE copies AS
            SELECT gen_random_uuid() AS run_id, r.run_id AS of_run, n.n
            FROM (SELECT run_id, count(*) AS rounds FROM rounds GROUP BY run_id ORDER BY count(*) DESC LIMIT 1) r, generate_series(1, {count} / r.rounds + 1) n(n)
            """,
            connection);
        await make.ExecuteNonQueryAsync(cancellationToken);
        await using NpgsqlCommand fill = new(
            """
            INSERT INTO runs (id, task_sha256, strategy, coder, judge, rounds, platform, device, state, stop_reason, stop_message, best_round, calls, input_tokens, output_tokens, created_at, started_at, finished_at)
            SELECT c.run_id, r.task_sha256, r.strategy, r.coder, r.judge, r.rounds, r.platform, r.device, r.state, r.stop_reason, r.stop_message, r.best_round, r.calls, r.input_tokens, r.output_tokens,
                r.created_at - c.n * interval '1 minute', r.started_at - c.n * interval '1 minute', r.finished_at - c.n * interval '1 minute'
            FROM copies c JOIN runs r ON r.id = c.of_run;

            INSERT INTO solutions (sha256, code, created_at)
            SELECT DISTINCT encode(sha256((s.code || '// ' || c.n || e.round)::bytea), 'hex'), s.code || '// ' || c.n || e.round, s.created_at
            FROM copies c JOIN evaluations e ON e.run_id = c.of_run JOIN solutions s ON s.sha256 = e.solution_sha256
            WHERE position('\' IN s.code) = 0
            ON CONFLICT DO NOTHING;

            INSERT INTO evaluations (id, task_sha256, solution_sha256, run_id, round, environment_id, origin, model, strategy, status, ranked, fresh_seeds, kind, precision, uses_library, prepared, fast_math,
                latency_ms, baseline, speedup_factor, speed_of_light_ms, speed_of_light_fraction, outcome, created_at)
            SELECT gen_random_uuid(), e.task_sha256, coalesce(n.sha256, e.solution_sha256), c.run_id, e.round, e.environment_id, e.origin, e.model, e.strategy, e.status, e.ranked, e.fresh_seeds, e.kind, e.precision,
                e.uses_library, e.prepared, e.fast_math, e.latency_ms * (1 + c.n * 1e-5), e.baseline, e.speedup_factor / (1 + c.n * 1e-5), e.speed_of_light_ms, e.speed_of_light_fraction, e.outcome,
                e.created_at - c.n * interval '1 minute'
            FROM copies c JOIN evaluations e ON e.run_id = c.of_run JOIN solutions s ON s.sha256 = e.solution_sha256
            LEFT JOIN solutions n ON n.sha256 = encode(sha256((s.code || '// ' || c.n || e.round)::bytea), 'hex');

            INSERT INTO evaluations (id, task_sha256, solution_sha256, environment_id, origin, model, strategy, status, ranked, fresh_seeds, kind, precision, uses_library, prepared, fast_math,
                latency_ms, baseline, speedup_factor, speed_of_light_ms, speed_of_light_fraction, outcome, created_at)
            SELECT gen_random_uuid(), e.task_sha256, e.solution_sha256, e.environment_id, 'verification', e.model, e.strategy, e.status, e.ranked, true, e.kind, e.precision, e.uses_library, e.prepared, e.fast_math,
                e.latency_ms, e.baseline, e.speedup_factor, e.speed_of_light_ms, e.speed_of_light_fraction, e.outcome, e.created_at
            FROM copies c JOIN evaluations e ON e.run_id = c.run_id AND e.status = 'passed' JOIN runs r ON r.id = c.run_id AND r.best_round = e.round;

            INSERT INTO rounds (run_id, round, mode, parent, kind, model, solution_sha256, evaluation_id, status, gain, record, finished_at)
            SELECT c.run_id, r.round, r.mode, r.parent, r.kind, r.model, e.solution_sha256, e.id, r.status, r.gain, r.record, r.finished_at - c.n * interval '1 minute'
            FROM copies c JOIN rounds r ON r.run_id = c.of_run LEFT JOIN evaluations e ON e.run_id = c.run_id AND e.round = r.round;

            DROP TABLE copies;
            ANALYZE;
            """,
            connection)
        { CommandTimeout = 300 };
        await fill.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<long> CountAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
