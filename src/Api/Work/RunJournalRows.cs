using System.Text.Json;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>A run's journal as rows. Every write checks the step's fence, so that no round and no call is ever written twice.</summary>
internal sealed class RunJournalRows(NpgsqlDataSource database, StepClaim claim, TimeProvider time) : IRunJournal
{
    /// <inheritdoc/>
    public string Name => $"run {claim.OwnerId}";

    /// <inheritdoc/>
    public string RunId => claim.OwnerId.ToString();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AttemptRecord>> ReadAttemptsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT record FROM rounds WHERE run_id = $1 ORDER BY round");
        command.Parameters.AddWithValue(claim.OwnerId);
        List<AttemptRecord> attempts = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            attempts.Add(JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Default.AttemptRecord) ?? throw new InvalidDataException($"{Name}: a round's record is null"));
        }

        return attempts;
    }

    /// <inheritdoc/>
    public async Task AppendAttemptAsync(AttemptRecord attempt)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await StepStore.CheckFenceAsync(connection, claim, CancellationToken.None);
        Guid? evaluation = null;
        if (attempt is { Code: { } code, Sha256: { } sha256 })
        {
            await EvaluationStore.KeepSolutionAsync(connection, sha256, code, time.GetUtcNow(), CancellationToken.None);
            EvaluationSource source = new() { Origin = "run", RunId = claim.OwnerId, Round = attempt.Round, Model = attempt.Model, Strategy = attempt.Strategy };
            evaluation = await EvaluationStore.WriteAsync(connection, attempt.Outcome, source, time.GetUtcNow(), CancellationToken.None);
        }

        await using (NpgsqlCommand command = new(
            """
            INSERT INTO rounds (run_id, round, mode, parent, kind, model, solution_sha256, evaluation_id, status, gain, record, finished_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            connection))
        {
            command.Parameters.AddWithValue(claim.OwnerId);
            command.Parameters.AddWithValue(attempt.Round);
            command.Parameters.AddWithValue(attempt.Mode);
            Add(command, NpgsqlDbType.Integer, attempt.Parent);
            command.Parameters.AddWithValue(attempt.Kind);
            command.Parameters.AddWithValue(attempt.Model);
            Add(command, NpgsqlDbType.Text, attempt.Sha256);
            Add(command, NpgsqlDbType.Uuid, evaluation);
            command.Parameters.AddWithValue(attempt.Outcome.Status);
            Add(command, NpgsqlDbType.Double, attempt.Gain);
            command.Parameters.AddWithValue(NpgsqlDbType.Json, JsonSerializer.Serialize(attempt, ContractsJson.Default.AttemptRecord));
            command.Parameters.AddWithValue(attempt.FinishedAt.ToUniversalTime());
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TranscriptLine>> ReadCallsAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT entry FROM model_calls WHERE run_id = $1 ORDER BY id");
        command.Parameters.AddWithValue(claim.OwnerId);
        List<TranscriptLine> calls = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var entry = TranscriptEntry.Parse(reader.GetString(0));
            calls.Add(new TranscriptLine(calls.Count + 1, entry, entry.Text ?? ""));
        }

        return calls;
    }

    /// <inheritdoc/>
    public async Task AppendCallAsync(TranscriptEntry call)
    {
        ArgumentNullException.ThrowIfNull(call);
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await StepStore.CheckFenceAsync(connection, claim, CancellationToken.None);
        await using (NpgsqlCommand command = new(
            """
            INSERT INTO model_calls (run_id, role, round, mode, ordinal, model, entry, created_at)
            SELECT $1, $2, $3, $4, count(*), $5, $6, $7 FROM model_calls WHERE run_id = $1 AND role = $2 AND round = $3 AND mode = $4
            """,
            connection))
        {
            command.Parameters.AddWithValue(claim.OwnerId);
            command.Parameters.AddWithValue(call.Role);
            command.Parameters.AddWithValue(call.Round);
            command.Parameters.AddWithValue(call.Mode);
            command.Parameters.AddWithValue(call.RecordedFrom ?? "unknown");
            command.Parameters.AddWithValue(NpgsqlDbType.Json, call.ToJson());
            command.Parameters.AddWithValue(time.GetUtcNow());
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) => command.Parameters.AddWithValue(type, value ?? DBNull.Value);
}
