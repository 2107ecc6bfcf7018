using KernelForge.Contracts.Service;
using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Which attempts an export takes, worked out in the database inside the export's snapshot: one row an attempt in a temporary table, with why
/// it was dropped. What ranks is the view <c>rankable</c>'s word; here it is only explained.
/// </summary>
internal sealed class AttemptMarks(NpgsqlConnection connection, DatasetPlan plan)
{
    private const string Make =
        """
        CREATE TEMPORARY TABLE attempt_marks (
            run_id uuid NOT NULL, round integer NOT NULL, solution_sha256 text, speedup_factor double precision, latency_ms double precision,
            finished_at timestamptz NOT NULL, compiled boolean NOT NULL, correct boolean NOT NULL, dropped text, PRIMARY KEY (run_id, round)
        ) ON COMMIT DROP
        """;

    // An attempt is admitted where its solution stands on a board in the attempt's own environment and class, whichever of several equal
    // evaluations the board shows. $1: attempt kinds, $2: modelled or measured.
    private const string Fill =
        """
        INSERT INTO attempt_marks
        SELECT r.run_id, r.round, r.solution_sha256, e.speedup_factor, e.latency_ms, r.finished_at,
            r.status NOT IN ('answer_error', 'plan_error', 'rejected', 'compile_error'), r.status = 'passed',
            CASE
                WHEN r.status IN ('answer_error', 'plan_error', 'rejected', 'compile_error') THEN 'not_compiled'
                WHEN r.status <> 'passed' THEN 'not_correct'
                WHEN b.solution_sha256 IS NOT NULL THEN NULL
                WHEN NOT t.current THEN 'task_changed'
                WHEN t.ranked IS FALSE THEN 'task_not_ranked'
                WHEN e.latency_ms IS NULL THEN 'no_time_at_full'
                WHEN NOT e.ranked THEN 'not_ranked'
                ELSE 'not_verified'
            END
        FROM rounds r
        JOIN runs u ON u.id = r.run_id
        JOIN tasks t ON t.sha256 = u.task_sha256
        LEFT JOIN evaluations e ON e.id = r.evaluation_id
        LEFT JOIN rankable b ON b.task_sha256 = e.task_sha256 AND b.solution_sha256 = e.solution_sha256 AND b.environment_id = e.environment_id
            AND b.kind = e.kind AND b.precision IS NOT DISTINCT FROM e.precision AND b.uses_library = e.uses_library AND b.prepared = e.prepared
        WHERE r.kind = ANY ($1) AND coalesce(e.kind, CASE u.platform WHEN 'sim' THEN 'modelled' ELSE 'measured' END) = $2
        """;

    // Exact duplicates: of one code the attempt with the best speed-up stays, the earliest among equals.
    private const string Deduplicate =
        """
        UPDATE attempt_marks m SET dropped = 'duplicate'
        FROM (
            SELECT run_id, round, row_number() OVER (
                PARTITION BY solution_sha256 ORDER BY speedup_factor DESC NULLS LAST, latency_ms, finished_at, run_id, round) AS place
            FROM attempt_marks WHERE dropped IS NULL
        ) p
        WHERE p.run_id = m.run_id AND p.round = m.round AND p.place > 1
        """;

    private const string Count =
        """
        SELECT count(*), count(*) FILTER (WHERE compiled), count(*) FILTER (WHERE correct), count(*) FILTER (WHERE dropped IS NULL OR dropped = 'duplicate'),
            count(*) FILTER (WHERE dropped IS NULL)
        FROM attempt_marks
        """;

    private const string CountOutside =
        """
        SELECT CASE WHEN r.kind = ANY ($1) THEN $3 ELSE r.kind END AS why, count(*)
        FROM rounds r JOIN runs u ON u.id = r.run_id LEFT JOIN evaluations e ON e.id = r.evaluation_id
        WHERE NOT (r.kind = ANY ($1) AND coalesce(e.kind, CASE u.platform WHEN 'sim' THEN 'modelled' ELSE 'measured' END) = $2)
        GROUP BY 1
        """;

    private const string Select =
        """
        SELECT r.record, m.dropped, r.solution_sha256, e.outcome, s.code, t.origin, t.kernelbench, t.presets, u.platform
        FROM attempt_marks m
        JOIN rounds r USING (run_id, round)
        JOIN runs u ON u.id = r.run_id
        JOIN tasks t ON t.sha256 = u.task_sha256
        LEFT JOIN evaluations e ON e.id = r.evaluation_id
        LEFT JOIN solutions s ON s.sha256 = r.solution_sha256
        """;

    private const int Batch = 200;

    /// <summary>Marks every attempt of the export's kind.</summary>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync(Make, cancellationToken);
        await using (NpgsqlCommand fill = new(Fill, connection) { CommandTimeout = 0 })
        {
            AddKinds(fill);
            await fill.ExecuteNonQueryAsync(cancellationToken);
        }

        await ExecuteAsync("ANALYZE attempt_marks", cancellationToken);
        await ReadCandidatesAsync(cancellationToken);
        await ExecuteAsync(Deduplicate, cancellationToken);
    }

    /// <summary>The counts of every stage.</summary>
    public async Task<DatasetFunnel> CountAsync(CancellationToken cancellationToken)
    {
        var dropped = await PairsAsync("SELECT dropped, count(*) FROM attempt_marks WHERE dropped IS NOT NULL GROUP BY 1", cancellationToken);
        var outside = await PairsAsync(CountOutside, cancellationToken);
        await using NpgsqlCommand command = new(Count, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new DatasetFunnel
        {
            Generated = reader.GetInt64(0),
            Compiled = reader.GetInt64(1),
            Correct = reader.GetInt64(2),
            Admitted = reader.GetInt64(3),
            Deduplicated = reader.GetInt64(4),
            Selected = reader.GetInt64(4),
            Dropped = dropped,
            Outside = outside,
        };
    }

    /// <summary>The rows of the export, one at a time: those selected, or for <c>canonical</c> every one.</summary>
    public async IAsyncEnumerable<StoredAttempt> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var which = plan.Order.Format == DatasetPlan.Canonical ? "" : "WHERE m.dropped IS NULL";
        await using NpgsqlCommand command = new($"{Select} {which} ORDER BY m.finished_at, m.run_id, m.round", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return StoredAttempt.Read(reader);
        }
    }

    /// <summary>What columns do not say: reads the records of what is still in, a few at a time, and marks what is not fit for training.</summary>
    private async Task ReadCandidatesAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync($"DECLARE candidates NO SCROLL CURSOR FOR SELECT m.run_id, m.round, r.record FROM attempt_marks m JOIN rounds r USING (run_id, round) WHERE m.dropped IS NULL", cancellationToken);
        int read;
        do
        {
            List<(Guid Run, int Round, string Why)> unfit = [];
            read = 0;
            await using (NpgsqlCommand fetch = new($"FETCH {Batch} FROM candidates", connection) { CommandTimeout = 0 })
            await using (var reader = await fetch.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    read++;
                    var (run, round) = (reader.GetGuid(0), reader.GetInt32(1));
                    if (Admission.Refuse(StoredAttempt.Parse(reader.GetString(2), run, round)) is { } why)
                    {
                        unfit.Add((run, round, why));
                    }
                }
            }

            await MarkAsync(unfit, cancellationToken);
        }
        while (read == Batch);
        await ExecuteAsync("CLOSE candidates", cancellationToken);
    }

    private async Task MarkAsync(List<(Guid Run, int Round, string Why)> unfit, CancellationToken cancellationToken)
    {
        if (unfit.Count == 0)
        {
            return;
        }

        await using NpgsqlCommand mark = new(
            "UPDATE attempt_marks m SET dropped = u.why FROM unnest($1, $2, $3) AS u (run_id, round, why) WHERE m.run_id = u.run_id AND m.round = u.round", connection);
        mark.Parameters.AddWithValue(unfit.Select(attempt => attempt.Run).ToArray());
        mark.Parameters.AddWithValue(unfit.Select(attempt => attempt.Round).ToArray());
        mark.Parameters.AddWithValue(unfit.Select(attempt => attempt.Why).ToArray());
        await mark.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<SortedDictionary<string, long>> PairsAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        if (sql == CountOutside)
        {
            AddKinds(command);
            command.Parameters.AddWithValue(plan.OtherKind);
        }

        SortedDictionary<string, long> pairs = new(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            pairs[reader.GetString(0)] = reader.GetInt64(1);
        }

        return pairs;
    }

    private void AddKinds(NpgsqlCommand command)
    {
        command.Parameters.AddWithValue((string[])["live", .. plan.Order.Include]);
        command.Parameters.AddWithValue(plan.Order.Kind);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
