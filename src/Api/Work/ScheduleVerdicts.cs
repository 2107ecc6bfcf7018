using KernelForge.Contracts.Outcomes;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>Says of a winner that a schedule looked at again whether it is still what it was: the old figure beside the new one.</summary>
internal sealed class ScheduleVerdicts(TimeProvider time)
{
    /// <summary>After a submission's verdict (null: there is none), in its transaction. Does nothing where no schedule asked.</summary>
    public async Task DecideAsync(NpgsqlConnection connection, Guid submission, EvaluationOutcome? outcome, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            """
            UPDATE schedule_checks c SET finished_at = $2, new_latency_ms = $3, message = $4, verdict = CASE
                WHEN $5 THEN 'failed'
                WHEN $3 IS NULL THEN 'broken'
                WHEN $3 > c.old_latency_ms * (1 + s.tolerance) THEN 'slower'
                WHEN $3 < c.old_latency_ms * (1 - s.tolerance) THEN 'faster'
                ELSE 'same' END
            FROM schedules s
            WHERE s.id = c.schedule_id AND c.submission_id = $1
            """,
            connection);
        command.Parameters.AddWithValue(submission);
        command.Parameters.AddWithValue(time.GetUtcNow());
        command.Parameters.AddWithValue(NpgsqlDbType.Double, outcome is Passed { Performance: { } performance } ? performance.LatencyMs : DBNull.Value);
        command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)outcome?.Message ?? DBNull.Value);
        command.Parameters.AddWithValue(outcome is null);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
