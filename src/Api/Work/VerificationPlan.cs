using KernelForge.Contracts.Outcomes;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>
/// A board row needs a second evaluation with new secret seeds in a fresh process (design §7): this asks for it, once for a solution in an
/// environment.
/// </summary>
internal sealed class VerificationPlan(StepStore steps, EventStore events, OwnerStore owners, TimeProvider time)
{
    /// <summary>After a verdict, in its transaction: asks for a second one where the first could rank.</summary>
    public async Task AfterAsync(
        NpgsqlConnection connection, Guid evaluation, EvaluationOutcome outcome, string origin, string? preset, string? device, int priority, CancellationToken cancellationToken)
    {
        if (origin is not ("api" or "run") || preset is not null || outcome is not Passed { Ranked: true, Performance: not null })
        {
            return;
        }

        var id = Guid.CreateVersion7();
        await using (NpgsqlCommand command = new(
            """
            INSERT INTO submissions (id, task_sha256, solution_sha256, platform, device, origin, model, strategy, state, created_at)
            SELECT $1, e.task_sha256, e.solution_sha256, $3, $4, 'verification', e.model, e.strategy, 'queued', $5
            FROM evaluations e
            WHERE e.id = $2 AND NOT EXISTS (
                SELECT 1 FROM submissions s
                WHERE s.origin = 'verification' AND s.task_sha256 = e.task_sha256 AND s.solution_sha256 = e.solution_sha256
                  AND s.platform = $3 AND s.device IS NOT DISTINCT FROM $4 AND s.state IN ('queued', 'running', 'succeeded'))
            """,
            connection))
        {
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(evaluation);
            command.Parameters.AddWithValue(outcome.Environment.Platform);
            command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)device ?? DBNull.Value);
            command.Parameters.AddWithValue(time.GetUtcNow());
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            {
                return;
            }
        }

        await events.AppendAsync(connection, id, [owners.Event(Lifecycle.Queued, id)], cancellationToken);
        await steps.EnqueueAsync(connection, Guid.CreateVersion7(), "evaluation", id, 0, outcome.Environment.Platform, priority, cancellationToken);
    }
}
