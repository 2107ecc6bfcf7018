using Npgsql;

namespace KernelForge.Browser;

/// <summary>Names and texts that would be markup if a page forgot to escape them, and states that a healthy service seldom has.</summary>
internal static class HostileRows
{
    /// <summary>Becomes the title of a page that runs it.</summary>
    public const string Script = "<script>document.title='broken'</script>";

    private const string Image = "<img src=x onerror=\"document.title='broken'\">";

    private const string Sql =
        """
        INSERT INTO tasks (sha256, name, category, source, origin, ranked, reason, presets, current, created_at)
        VALUES (repeat('e', 64), $3, 'odd', $1 || E'\n# ' || $2, 'user', false, $2, ARRAY[$1], true, now());
        """;

    /// <summary>A solution with markup in a comment and in a kernel's name.</summary>
    public static string Code(string solution) => $"{solution.Replace("\"kernel\": \"", $"\"kernel\": \"{Script}", StringComparison.Ordinal)}\n// {Script} {Image}\n";

    /// <summary>Writes them; addresses by name.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> WriteAsync(NpgsqlConnection connection, string task)
    {
        var (failed, cancelled, queued) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        const string odd = "odd/<b>bold</b>&\"quoted\"";
        await RunAsync(connection, Sql, Script, Image, odd);
        foreach (var (id, state, failure, name) in (IEnumerable<(Guid, string, string?, string)>)[(failed, "failed", Image, odd), (cancelled, "cancelled", null, task), (queued, "queued", null, task)])
        {
            await RunAsync(
                connection,
                """
                INSERT INTO runs (id, task_sha256, strategy, coder, judge, rounds, platform, state, failure, created_at, started_at, finished_at)
                SELECT $1::uuid, sha256, 'coder-judge', $2, 'rules', 5, 'sim', $3, $4, now() - interval '2 hours', now() - interval '2 hours', CASE $3 WHEN 'queued' THEN NULL ELSE now() END
                FROM tasks WHERE name = $5 AND current
                """,
                id.ToString(), state == "failed" ? "openai:" + Script : "replay:demo", state, failure, name);
        }

        await RunAsync(
            connection,
            """
            INSERT INTO datasets (id, recipe, format, parameters, state, folder, manifest, created_at, finished_at)
            VALUES (gen_random_uuid(), 'all-correct', 'sft', '{}', 'succeeded', '/data/' || $1, '{"counts":{"train":3,"validation":1}}', now(), now()),
                (gen_random_uuid(), 'all-correct', 'canonical', '{}', 'failed', '/data/second', NULL, now(), now())
            """,
            Script);
        await RunAsync(
            connection,
            """
            WITH schedule AS (
                INSERT INTO schedules (id, name, cron, filter, tolerance, created_at)
                VALUES (gen_random_uuid(), 'nightly ' || $1, '0 0 3 * * ?', '{"category":"reduce"}', 0.05, now()) RETURNING id)
            INSERT INTO schedule_checks (id, schedule_id, batch_id, submission_id, old_evaluation_id, old_latency_ms, new_latency_ms, verdict, message, created_at, finished_at)
            SELECT gen_random_uuid(), schedule.id, gen_random_uuid(), s.id, r.evaluation_id, r.latency_ms, r.latency_ms * 1.31, 'slower', $1, now(), now()
            FROM schedule, rankable r, (SELECT id FROM submissions ORDER BY created_at LIMIT 1) s LIMIT 1
            """,
            Script);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["odd-task"] = "/tasks/" + string.Join('/', odd.Split('/').Select(Uri.EscapeDataString)),
            ["failed-run"] = $"/runs/{failed}",
            ["cancelled-run"] = $"/runs/{cancelled}",
            ["queued-run"] = $"/runs/{queued}",
        };
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, params string?[] values)
    {
        await using NpgsqlCommand command = new(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(NpgsqlTypes.NpgsqlDbType.Text, (object?)value ?? DBNull.Value);
        }

        await command.ExecuteNonQueryAsync();
    }
}
