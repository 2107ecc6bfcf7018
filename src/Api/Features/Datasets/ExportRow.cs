using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Which rows a format makes of the marks.</summary>
internal enum RowSet
{
    /// <summary>Every attempt.</summary>
    Every,

    /// <summary>Every attempt that the recipe selects.</summary>
    Selected,

    /// <summary>Those, each with the attempt that it started from.</summary>
    WithParent,

    /// <summary>Every pair, the better attempt first.</summary>
    Pairs,

    /// <summary>Every attempt of a pair, once.</summary>
    Labelled,
}

/// <summary>A row of an export: an attempt, and another where the row is of two.</summary>
internal sealed record ExportRow
{
    private const int FirstOfMark = StoredAttempt.Columns;
    private const int FirstOfTask = FirstOfMark + 7;
    private const int FirstOfOther = FirstOfTask + 3;

    public required StoredAttempt Attempt { get; init; }

    public required AttemptMark Mark { get; init; }

    public required string? TaskOrigin { get; init; }

    public required string? Kernelbench { get; init; }

    public required IReadOnlyList<string> Presets { get; init; }

    /// <summary>The worse one of a pair, or the one that this one started from; null where the row is of one.</summary>
    public StoredAttempt? Other { get; init; }

    /// <summary>Why <see cref="Other"/> is the worse one; null where it is not.</summary>
    public string? OtherReason { get; init; }

    /// <summary>The query of a set of rows, in the order of time.</summary>
    public static string Query(RowSet rows) =>
        $"""
        WITH wanted AS ({Wanted(rows)})
        SELECT r.record, r.solution_sha256, e.outcome, s.code, m.kept, m.dropped, m.length, m.length_unit, m.duplicate_of, m.worked_example, m.benchmark, t.origin, t.kernelbench, t.presets,
            o.record, o.solution_sha256, oe.outcome, os.code, w.why
        FROM wanted w
        JOIN attempt_marks m ON m.run_id = w.run_id AND m.round = w.round
        JOIN rounds r ON r.run_id = w.run_id AND r.round = w.round
        JOIN runs u ON u.id = w.run_id
        JOIN tasks t ON t.sha256 = u.task_sha256
        LEFT JOIN evaluations e ON e.id = r.evaluation_id
        LEFT JOIN solutions s ON s.sha256 = r.solution_sha256
        LEFT JOIN rounds o ON o.run_id = w.other_run AND o.round = w.other_round
        LEFT JOIN evaluations oe ON oe.id = o.evaluation_id
        LEFT JOIN solutions os ON os.sha256 = o.solution_sha256
        ORDER BY m.finished_at, m.run_id, m.round, o.finished_at, w.other_run, w.other_round
        """;

    /// <summary>Reads a row of the query.</summary>
    public static ExportRow Read(NpgsqlDataReader row)
    {
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        return new ExportRow
        {
            Attempt = StoredAttempt.Read(row, 0),
            Mark = new AttemptMark
            {
                Kept = Text(FirstOfMark),
                Dropped = Text(FirstOfMark + 1),
                Length = row.IsDBNull(FirstOfMark + 2) ? null : row.GetDouble(FirstOfMark + 2),
                LengthUnit = Text(FirstOfMark + 3),
                DuplicateOf = Text(FirstOfMark + 4),
                WorkedExample = Text(FirstOfMark + 5),
                Benchmark = Text(FirstOfMark + 6),
            },
            TaskOrigin = Text(FirstOfTask),
            Kernelbench = Text(FirstOfTask + 1),
            Presets = row.GetFieldValue<string[]>(FirstOfTask + 2),
            Other = row.IsDBNull(FirstOfOther) ? null : StoredAttempt.Read(row, FirstOfOther),
            OtherReason = Text(FirstOfOther + StoredAttempt.Columns),
        };
    }

    /// <summary>The code exported is the code measured, byte for byte, or nothing is exported.</summary>
    /// <exception cref="DatasetException">It is not.</exception>
    public void CheckCode()
    {
        Attempt.CheckCode();
        Other?.CheckCode();
    }

    private static string Wanted(RowSet rows) => rows switch
    {
        RowSet.Every => "SELECT run_id, round, NULL::uuid AS other_run, NULL::integer AS other_round, NULL AS why FROM attempt_marks",
        RowSet.Selected => "SELECT run_id, round, NULL::uuid AS other_run, NULL::integer AS other_round, NULL AS why FROM attempt_marks WHERE kept IS NOT NULL",
        RowSet.WithParent => "SELECT run_id, round, run_id AS other_run, parent AS other_round, NULL AS why FROM attempt_marks JOIN rounds USING (run_id, round) WHERE kept IS NOT NULL",
        RowSet.Pairs => "SELECT run_id, round, other_run, other_round, why FROM attempt_pairs",
        RowSet.Labelled =>
            """
            SELECT DISTINCT run_id, round, NULL::uuid AS other_run, NULL::integer AS other_round, NULL AS why FROM attempt_pairs
            UNION ALL SELECT other_run, other_round, NULL::uuid, NULL::integer, NULL FROM attempt_pairs
            """,
        _ => throw new ArgumentOutOfRangeException(nameof(rows)),
    };
}
