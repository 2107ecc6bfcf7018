using KernelForge.Api.Features.Datasets;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>Alone: it looks at the memory of the whole process.</summary>
[Collection(AloneCollection.Name)]
public sealed class LargeExportTests(ServiceFixture fixture, ITestOutputHelper console)
{
    // Clones of one attempt with code, hashes and ids of their own: a thousandth of the time that writing each would take.
    private const string Clones =
        """
        CREATE TEMPORARY TABLE clones AS
        SELECT n, gen_random_uuid() AS run_id, replace(s.code, '// one', body) AS code, body, s.sha256 AS old_code, r.run_id AS old_run
        FROM generate_series(1, 9999) n,
            LATERAL (SELECT '__constant__ int table' || '[] = {' || string_agg((('x' || substr(md5(n || ' ' || i), 1, 7))::bit(28)::int)::text, ', ') || '}; // clone ' || n AS body FROM generate_series(1, 60) i) b,
            rounds r JOIN solutions s ON s.sha256 = r.solution_sha256;
        ALTER TABLE clones ADD sha256 text;
        UPDATE clones SET sha256 = encode(sha256(convert_to(code, 'UTF8')), 'hex');
        INSERT INTO solutions SELECT sha256, code, now() FROM clones;
        INSERT INTO runs (id, task_sha256, strategy, coder, judge, rounds, platform, state, created_at)
        SELECT c.run_id, u.task_sha256, u.strategy, u.coder, u.judge, u.rounds, u.platform, u.state, u.created_at FROM clones c JOIN runs u ON u.id = c.old_run;
        INSERT INTO evaluations (id, task_sha256, solution_sha256, run_id, round, environment_id, origin, model, strategy, status, ranked, fresh_seeds, kind, precision, uses_library, prepared, fast_math,
            latency_ms, baseline, speedup_factor, speed_of_light_ms, speed_of_light_fraction, outcome, created_at)
        SELECT gen_random_uuid(), e.task_sha256, c.sha256, CASE e.origin WHEN 'run' THEN c.run_id END, e.round, e.environment_id, e.origin, e.model, e.strategy, e.status, e.ranked, e.fresh_seeds, e.kind,
            e.precision, e.uses_library, e.prepared, e.fast_math, e.latency_ms, e.baseline, e.speedup_factor, e.speed_of_light_ms, e.speed_of_light_fraction,
            replace(e.outcome::text, c.old_code, c.sha256)::json, e.created_at
        FROM clones c JOIN evaluations e ON e.solution_sha256 = c.old_code;
        INSERT INTO rounds (run_id, round, mode, parent, kind, model, solution_sha256, evaluation_id, status, gain, record, finished_at)
        SELECT c.run_id, r.round, r.mode, r.parent, r.kind, r.model, c.sha256, e.id, r.status, r.gain,
            replace(replace(replace(r.record::text, '// one', c.body), c.old_code, c.sha256), c.old_run::text, c.run_id::text)::json, r.finished_at
        FROM clones c JOIN rounds r ON r.run_id = c.old_run JOIN evaluations e ON e.run_id = c.run_id;
        DROP TABLE clones;
        ANALYZE;
        """;

    [Fact]
    public async Task Ten_thousand_attempts_pass_through_bounded_memory()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        using OutputFolder output = new();
        await attempts.AddAsync(change: record => record with { Reasoning = string.Concat(Enumerable.Repeat("Coalesced loads first, then fewer of them. ", 200)) });
        await attempts.ExecuteAsync(Clones);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        var started = TimeProvider.System.GetTimestamp();
        await using var watch = TimeProvider.System.CreateTimer(_ => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false) - before), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));

        var manifest = await new DatasetExporter(attempts.Database, Repository.Root).ExportAsync(new DatasetOrder { ValidationShare = 0 }, output.Path, TestContext.Current.CancellationToken);

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var bytes = manifest.Files.Sum(file => file.Bytes);
        console.WriteLine($"{manifest.Counts.Rows} rows, {bytes >> 20} MiB in {seconds:F1} s; at most {peak >> 20} MiB of managed memory");
        Assert.Equal(10_000, manifest.Counts.Rows);
        Assert.InRange(peak, 0, bytes / 2);
    }
}
