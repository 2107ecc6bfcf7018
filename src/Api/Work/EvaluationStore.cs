using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>Where a verdict comes from.</summary>
internal sealed record EvaluationSource
{
    /// <summary><c>api</c>, <c>run</c>, <c>verification</c> or <c>schedule</c>.</summary>
    public required string Origin { get; init; }

    public Guid? SubmissionId { get; init; }

    public Guid? RunId { get; init; }

    public int? Round { get; init; }

    public string? Model { get; init; }

    public string? Strategy { get; init; }

    /// <summary>The trials had new secret seeds of their own.</summary>
    public bool FreshSeeds { get; init; }
}

/// <summary>Writes a verdict with its environment, figures and baselines, in the caller's transaction.</summary>
internal static class EvaluationStore
{
    /// <summary>Keeps a solution's text under its hash.</summary>
    public static async Task KeepSolutionAsync(NpgsqlConnection connection, string sha256, string code, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("INSERT INTO solutions (sha256, code, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", connection);
        command.Parameters.AddWithValue(sha256);
        command.Parameters.AddWithValue(code);
        command.Parameters.AddWithValue(now);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes a verdict; its id.</summary>
    public static async Task<Guid> WriteAsync(NpgsqlConnection connection, EvaluationOutcome outcome, EvaluationSource source, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var environment = await KeepEnvironmentAsync(connection, outcome.Environment, cancellationToken);
        var id = Guid.CreateVersion7();
        var performance = outcome.Performance;
        await using (NpgsqlCommand command = new(
            """
            INSERT INTO evaluations (id, task_sha256, solution_sha256, submission_id, run_id, round, environment_id, origin, model, strategy, status, ranked, fresh_seeds,
                kind, precision, uses_library, prepared, fast_math, latency_ms, baseline, speedup_factor, speed_of_light_ms, speed_of_light_fraction, outcome, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
            """,
            connection))
        {
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(outcome.Task.Sha256);
            command.Parameters.AddWithValue(outcome.Solution.Sha256);
            Add(command, NpgsqlDbType.Uuid, source.SubmissionId);
            Add(command, NpgsqlDbType.Uuid, source.RunId);
            Add(command, NpgsqlDbType.Integer, source.Round);
            command.Parameters.AddWithValue(environment);
            command.Parameters.AddWithValue(source.Origin);
            Add(command, NpgsqlDbType.Text, source.Model);
            Add(command, NpgsqlDbType.Text, source.Strategy);
            command.Parameters.AddWithValue(outcome.Status);
            command.Parameters.AddWithValue(outcome.Ranked);
            command.Parameters.AddWithValue(source.FreshSeeds);
            Add(command, NpgsqlDbType.Text, performance?.Kind ?? outcome.Class?.Kind);
            Add(command, NpgsqlDbType.Text, outcome.Class?.Precision);
            command.Parameters.AddWithValue(outcome.Class?.UsesLibrary ?? false);
            command.Parameters.AddWithValue(outcome.Class?.Prepared ?? false);
            command.Parameters.AddWithValue(outcome.Class?.FastMath ?? false);
            Add(command, NpgsqlDbType.Double, performance?.LatencyMs);
            Add(command, NpgsqlDbType.Text, performance?.Baseline);
            Add(command, NpgsqlDbType.Double, performance?.SpeedupFactor);
            Add(command, NpgsqlDbType.Double, performance?.SpeedOfLightMs);
            Add(command, NpgsqlDbType.Double, performance?.SpeedOfLightFraction);
            command.Parameters.AddWithValue(NpgsqlDbType.Json, JsonSerializer.Serialize(outcome, ContractsJson.Default.EvaluationOutcome));
            command.Parameters.AddWithValue(now);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await WriteFiguresAsync(connection, id, environment, outcome, now, cancellationToken);
        return id;
    }

    private static async Task WriteFiguresAsync(
        NpgsqlConnection connection, Guid id, string environment, EvaluationOutcome outcome, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using NpgsqlBatch batch = new(connection);
        foreach (var kernel in outcome.Kernels.DistinctBy(kernel => kernel.Name))
        {
            foreach (var (name, value) in kernel.Metrics ?? new Dictionary<string, double>())
            {
                NpgsqlBatchCommand command = new("INSERT INTO figures (evaluation_id, kernel, name, value) VALUES ($1, $2, $3, $4)");
                command.Parameters.AddWithValue(id);
                command.Parameters.AddWithValue(kernel.Name);
                command.Parameters.AddWithValue(name);
                command.Parameters.AddWithValue(value);
                batch.BatchCommands.Add(command);
            }
        }

        foreach (var (name, latency) in outcome.Performance?.Baselines ?? new Dictionary<string, double>())
        {
            NpgsqlBatchCommand command = new(
                "INSERT INTO baselines (task_sha256, environment_id, name, latency_ms, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
            command.Parameters.AddWithValue(outcome.Task.Sha256);
            command.Parameters.AddWithValue(environment);
            command.Parameters.AddWithValue(name);
            command.Parameters.AddWithValue(latency);
            command.Parameters.AddWithValue(now);
            batch.BatchCommands.Add(command);
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<string> KeepEnvironmentAsync(NpgsqlConnection connection, EvaluationEnvironment environment, CancellationToken cancellationToken)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(environment, ContractsJson.Default.EvaluationEnvironment))))[..16];
        await using NpgsqlCommand command = new(
            """
            INSERT INTO environments (id, platform, device, architecture, compiler, torch, driver, kernelforge, evaluation_version, profile_sha256)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """,
            connection);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(environment.Platform);
        command.Parameters.AddWithValue(environment.Device);
        command.Parameters.AddWithValue(environment.Architecture);
        Add(command, NpgsqlDbType.Text, environment.Compiler);
        Add(command, NpgsqlDbType.Text, environment.Torch);
        Add(command, NpgsqlDbType.Text, environment.Driver);
        command.Parameters.AddWithValue(environment.Kernelforge);
        command.Parameters.AddWithValue(environment.EvaluationVersion);
        Add(command, NpgsqlDbType.Text, environment.ProfileSha256);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return id;
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) => command.Parameters.AddWithValue(type, value ?? DBNull.Value);
}
