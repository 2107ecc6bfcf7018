using KernelForge.Agents.Suite;
using KernelForge.Contracts.Service;
using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Which attempts an export takes, worked out in the database inside the export's snapshot: one row an attempt in a temporary table, with why it was kept
/// or dropped. What ranks is the view <c>rankable</c>'s word; here it is only explained. Recipes are queries over this table.
/// </summary>
internal sealed class AttemptMarks(NpgsqlConnection connection, DatasetPlan plan)
{
    // place: one task on one device. comparison: the same in one class, where times can be compared. usable: a wrong answer that can stand as a bad one.
    private const string Make =
        """
        CREATE TEMPORARY TABLE task_facts (sha256 text PRIMARY KEY, cluster text NOT NULL, single_operator boolean NOT NULL, benchmark text) ON COMMIT DROP;
        CREATE TEMPORARY TABLE attempt_marks (
            run_id uuid NOT NULL, round integer NOT NULL, cluster text NOT NULL, place text NOT NULL, comparison text NOT NULL, single_operator boolean NOT NULL, benchmark text,
            speedup_factor double precision, latency_ms double precision, finished_at timestamptz NOT NULL, compiled boolean NOT NULL, correct boolean NOT NULL,
            has_code boolean NOT NULL, usable boolean NOT NULL DEFAULT false, prompt_sha256 text, advised text, length double precision, length_unit text, duplicate_of text,
            worked_example text, deduplicated boolean NOT NULL DEFAULT false, kept text, dropped text, PRIMARY KEY (run_id, round)
        ) ON COMMIT DROP;
        CREATE TEMPORARY TABLE attempt_findings (
            run_id uuid NOT NULL, round integer NOT NULL, dropped text, usable boolean NOT NULL, prompt_sha256 text NOT NULL, advised text, tokens bigint NOT NULL,
            characters integer NOT NULL, duplicate_of text, worked_example text
        ) ON COMMIT DROP;
        CREATE TEMPORARY TABLE attempt_pairs (
            run_id uuid NOT NULL, round integer NOT NULL, other_run uuid NOT NULL, other_round integer NOT NULL, why text NOT NULL, PRIMARY KEY (other_run, other_round)
        ) ON COMMIT DROP
        """;

    // An attempt is admitted where its solution stands on a board in the attempt's own environment and class, whichever of several equal
    // evaluations the board shows. $1: attempt kinds, $2: modelled or measured, $3: whether the benchmark's tasks are kept.
    private const string Fill =
        """
        INSERT INTO attempt_marks (run_id, round, cluster, place, comparison, single_operator, benchmark, speedup_factor, latency_ms, finished_at, compiled, correct, has_code, dropped)
        SELECT r.run_id, r.round, f.cluster, p.place, concat_ws(' ', p.place, e.precision, e.uses_library, e.prepared), f.single_operator, f.benchmark,
            e.speedup_factor, e.latency_ms, r.finished_at,
            r.status NOT IN ('answer_error', 'plan_error', 'rejected', 'compile_error'), r.status = 'passed', r.solution_sha256 IS NOT NULL,
            CASE
                WHEN r.status IN ('answer_error', 'plan_error', 'rejected', 'compile_error') THEN 'not_compiled'
                WHEN r.status <> 'passed' THEN 'not_correct'
                WHEN f.benchmark IS NOT NULL AND NOT $3 THEN 'contaminated'
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
        JOIN task_facts f ON f.sha256 = t.sha256
        LEFT JOIN evaluations e ON e.id = r.evaluation_id
        LEFT JOIN environments n ON n.id = e.environment_id
        LEFT JOIN rankable b ON b.task_sha256 = e.task_sha256 AND b.solution_sha256 = e.solution_sha256 AND b.environment_id = e.environment_id
            AND b.kind = e.kind AND b.precision IS NOT DISTINCT FROM e.precision AND b.uses_library = e.uses_library AND b.prepared = e.prepared
        CROSS JOIN LATERAL (SELECT concat_ws(' ', t.name, u.platform, coalesce(n.device, u.device)) AS place) p
        WHERE r.kind = ANY ($1) AND coalesce(e.kind, CASE u.platform WHEN 'sim' THEN 'modelled' ELSE 'measured' END) = $2
        """;

    // The best of a cluster first: what the ladder keeps is what it saw first.
    private const string Read =
        """
        DECLARE candidates NO SCROLL CURSOR FOR
        SELECT m.run_id, m.round, m.cluster, m.correct, r.record
        FROM attempt_marks m JOIN rounds r USING (run_id, round)
        WHERE m.dropped IS NULL
        """;

    private const string ReadWrong = " OR (NOT m.correct AND m.has_code)";

    private const string ReadOrder = " ORDER BY m.cluster, m.correct DESC, m.speedup_factor DESC NULLS LAST, m.latency_ms, m.finished_at, m.run_id, m.round";

    // Lengths are compared as tokens where the provider counted them for every attempt of the comparison, else as characters for all of it.
    private const string Apply =
        """
        UPDATE attempt_marks m
        SET dropped = coalesce(m.dropped, f.dropped), usable = f.usable, prompt_sha256 = f.prompt_sha256, advised = f.advised, duplicate_of = f.duplicate_of, worked_example = f.worked_example,
            length = CASE WHEN f.counted THEN f.tokens ELSE f.characters END, length_unit = CASE WHEN f.counted THEN 'tokens' ELSE 'characters' END
        FROM (
            SELECT a.*, coalesce(min(a.tokens) FILTER (WHERE k.correct AND a.dropped IS NULL) OVER (PARTITION BY k.comparison) > 0, a.tokens > 0) AS counted
            FROM attempt_findings a JOIN attempt_marks k USING (run_id, round)
        ) f
        WHERE f.run_id = m.run_id AND f.round = m.round
        """;

    private const string Count =
        """
        SELECT count(*), count(*) FILTER (WHERE compiled), count(*) FILTER (WHERE correct),
            count(*) FILTER (WHERE deduplicated OR dropped IN ('duplicate', 'duplicate_normalised', 'duplicate_tokens', 'near_duplicate')), count(*) FILTER (WHERE deduplicated), count(*) FILTER (WHERE kept IS NOT NULL)
        FROM attempt_marks
        """;

    private const string CountOutside =
        """
        SELECT CASE WHEN r.kind = ANY ($1) THEN $3 ELSE r.kind END AS why, count(*)
        FROM rounds r JOIN runs u ON u.id = r.run_id LEFT JOIN evaluations e ON e.id = r.evaluation_id
        WHERE NOT (r.kind = ANY ($1) AND coalesce(e.kind, CASE u.platform WHEN 'sim' THEN 'modelled' ELSE 'measured' END) = $2)
        GROUP BY 1
        """;

    private const int Batch = 200;

    /// <summary>Marks every attempt of the export's kind.</summary>
    public async Task MakeAsync(SuiteRecords records, WorkedExamples examples, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Make, cancellationToken);
        await new TaskFacts(connection, records).WriteAsync(cancellationToken);
        await using (NpgsqlCommand fill = new(Fill, connection) { CommandTimeout = 0 })
        {
            AddKinds(fill);
            fill.Parameters.AddWithValue(plan.Order.KeepBenchmark);
            await fill.ExecuteNonQueryAsync(cancellationToken);
        }

        await ExecuteAsync("ANALYZE attempt_marks", cancellationToken);
        await ReadCandidatesAsync(new AttemptReading(examples), cancellationToken);
        await ExecuteAsync($"ANALYZE attempt_findings; {Apply}; UPDATE attempt_marks SET deduplicated = true WHERE dropped IS NULL; ANALYZE attempt_marks", cancellationToken);
        await SelectAsync(cancellationToken);
    }

    /// <summary>The counts of every stage.</summary>
    public async Task<DatasetFunnel> CountAsync(CancellationToken cancellationToken)
    {
        var dropped = await PairsAsync("SELECT dropped, count(*) FROM attempt_marks WHERE dropped IS NOT NULL GROUP BY 1", cancellationToken);
        var kept = await PairsAsync("SELECT kept, count(*) FROM attempt_marks WHERE kept IS NOT NULL GROUP BY 1", cancellationToken);
        var outside = await PairsAsync(CountOutside, cancellationToken);
        await using NpgsqlCommand command = new(Count, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new DatasetFunnel
        {
            Generated = reader.GetInt64(0),
            Compiled = reader.GetInt64(1),
            Correct = reader.GetInt64(2),
            Admitted = reader.GetInt64(3),
            Deduplicated = reader.GetInt64(4),
            Selected = reader.GetInt64(5),
            Kept = kept,
            Dropped = dropped,
            Outside = outside,
        };
    }

    /// <summary>The rows of the export, one at a time, as its format wants them.</summary>
    public async IAsyncEnumerable<ExportRow> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(ExportRow.Query(plan.Format.RowsOf(plan.Recipe)), connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return ExportRow.Read(reader);
        }
    }

    /// <summary>What columns do not say: reads records, a few at a time, and notes what each is.</summary>
    private async Task ReadCandidatesAsync(AttemptReading reading, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Read + (plan.Recipe.Pairs is null ? "" : ReadWrong) + ReadOrder, cancellationToken);
        List<AttemptFinding> found = [];
        do
        {
            found.Clear();
            await using (NpgsqlCommand fetch = new($"FETCH {Batch} FROM candidates", connection) { CommandTimeout = 0 })
            await using (var reader = await fetch.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    var (run, round) = (reader.GetGuid(0), reader.GetInt32(1));
                    found.Add(reading.Read(run, round, reader.GetString(2), reader.GetBoolean(3), StoredAttempt.Parse(reader.GetString(4), run, round)));
                }
            }

            await NoteAsync(found, cancellationToken);
        }
        while (found.Count == Batch);
        await ExecuteAsync("CLOSE candidates", cancellationToken);
    }

    private async Task NoteAsync(List<AttemptFinding> found, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand note = new(
            "INSERT INTO attempt_findings (run_id, round, dropped, usable, prompt_sha256, advised, tokens, characters, duplicate_of, worked_example) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            connection);
        void Add<T>(Func<AttemptFinding, T> column) => note.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. found.Select(column)] });
        Add(finding => finding.Run);
        Add(finding => finding.Round);
        Add(finding => finding.Dropped);
        Add(finding => finding.Usable);
        Add(finding => finding.PromptSha256);
        Add(finding => finding.Advised);
        Add(finding => finding.Tokens);
        Add(finding => finding.Characters);
        Add(finding => finding.DuplicateOf);
        Add(finding => finding.WorkedExample);
        await note.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Applies the recipe's rule to what is fit.</summary>
    private async Task SelectAsync(CancellationToken cancellationToken)
    {
        if (plan.Recipe.Pairs is { } pairs)
        {
            await RuleAsync($"INSERT INTO attempt_pairs {pairs}", cancellationToken);
            await ExecuteAsync("ANALYZE attempt_pairs", cancellationToken);
        }

        await RuleAsync($"UPDATE attempt_marks m SET kept = c.kept, dropped = c.dropped FROM ({plan.Recipe.Rule}) c WHERE c.run_id = m.run_id AND c.round = m.round", cancellationToken);

        // A wrong answer that stands beside a right one is in the dataset, though not selected by it.
        await ExecuteAsync("UPDATE attempt_marks m SET dropped = p.why FROM attempt_pairs p WHERE p.other_run = m.run_id AND p.other_round = m.round AND NOT m.correct", cancellationToken);
    }

    private async Task RuleAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        foreach (var (name, value) in plan.Order.RecipeParameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
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
