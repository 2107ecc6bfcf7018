using System.Diagnostics;
using System.Text.Json;
using KernelForge.Api.Tests.Features;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using NpgsqlTypes;

namespace KernelForge.Api.Tests.Pages;

/// <summary>How long pages take over 10,000 rounds: 1,250 runs of 8, every winner verified.</summary>
[Trait("Category", "Sweep")]
public sealed class PageSpeedTests(RestService rest) : IClassFixture<RestService>
{
    private const int Requests = 100;
    private const double GoalMs = 60;

    [Fact]
    public async Task Nineteen_of_twenty_requests_of_every_page_take_less_than_60_ms_with_10_000_rounds()
    {
        await SeedAsync();
        var (run, solution, submission) = (await TextAsync("SELECT id::text FROM runs ORDER BY id LIMIT 1 OFFSET 600"), await TextAsync("SELECT solution_sha256 FROM rankable LIMIT 1"), await TextAsync("SELECT id::text FROM submissions LIMIT 1"));
        string[] addresses =
        [
            "/", "/leaderboard", "/leaderboard?task=activation/gelu", "/tasks", "/tasks/activation/gelu",
            $"/runs/{run}", $"/solutions/{solution}", $"/submissions/{submission}", "/datasets", "/schedules", "/workers",
        ];
        foreach (var address in addresses)
        {
            // The compiler's second tier has done its work before anything is measured.
            await P95Async(address);
        }

        List<string> slow = [];
        foreach (var address in addresses)
        {
            var before = Environment.CpuUsage.TotalTime;
            var p95 = await P95Async(address);
            var cpu = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Requests;
            TestContext.Current.TestOutputHelper?.WriteLine($"{p95,6:0.0} ms p95, {cpu,5:0.0} ms of the processor in this process  {address}");
            if (p95 >= GoalMs)
            {
                slow.Add($"{address}: {p95:0.0} ms");
            }
        }

        Assert.Empty(slow);
    }

    private async Task<double> P95Async(string address)
    {
        var cancelled = TestContext.Current.CancellationToken;
        List<double> times = [];
        for (var request = 0; request < Requests; request++)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await rest.Http.GetAsync(address, cancelled);
            _ = await answer.Content.ReadAsByteArrayAsync(cancelled);
            Assert.True(answer.IsSuccessStatusCode, address);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[(int)(Requests * 0.95)];
    }

    private async Task<string> TextAsync(string sql)
    {
        await using var command = rest.Database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>Rounds with the size that real ones have: code, prompt and answer of some kilobytes.</summary>
    private async Task SeedAsync()
    {
        var code = RestService.Example("reduce/sum_reduction_over_a_dimension.good");
        var outcome = Rows.Passed(code, "@task", 2) with
        {
            Kernels = [new KernelReport { Name = "k", Launches = 1, Grid = [1, 1, 1], Block = [256, 1, 1], Metrics = Enumerable.Range(0, 60).ToDictionary(n => $"sm__inst_executed_{n}.sum", n => n * 1.5) }],
        };
        AttemptRecord attempt = new()
        {
            Id = "@run/@round",
            Kind = "replay",
            RunId = "@run",
            Strategy = "coder-judge",
            Task = "activation/gelu",
            TaskSha256 = "@task",
            TaskSource = code,
            Round = 77777,
            Mode = "optimisation",
            Parent = 77776,
            Model = "replay:demo",
            Sampling = new SamplingSettings(),
            Prompt = new PromptReference { Template = "coder/first", Version = "coder/first@1", Sha256 = "0" },
            Messages = [new PromptMessage { Role = "user", Content = code + code }],
            Answer = code,
            Code = code + "// @run @round",
            Sha256 = "@solution",
            Outcome = outcome,
            Usage = new ModelUsage { Calls = 1 },
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
            Kernelforge = "1",
        };
        await using var command = rest.Database.CreateCommand(
            """
            CREATE TEMP TABLE seeded AS
            SELECT n / 8 AS run_number, n % 8 AS round, md5('run' || n / 8)::uuid AS run_id, md5('evaluation' || n)::uuid AS evaluation_id, encode(sha256(('solution' || n)::bytea), 'hex') AS solution_sha256,
                t.sha256 AS task_sha256, n % 3 = 1 AS passed, 1 + random() * 9 AS latency_ms
            FROM generate_series(0, 9999) n
            JOIN (SELECT sha256, row_number() OVER (ORDER BY name) - 1 AS place, count(*) OVER () AS tasks FROM tasks WHERE current) t ON t.place = (n / 8) % t.tasks;

            INSERT INTO environments (id, platform, device, architecture, kernelforge, evaluation_version) VALUES ('seeded', 'sim', 'H200', 'sm_90a', '1', '1');
            INSERT INTO runs (id, task_sha256, strategy, coder, judge, rounds, platform, state, stop_reason, best_round, created_at, started_at, finished_at)
            SELECT DISTINCT run_id, task_sha256, 'coder-judge', 'replay:demo', 'replay:demo', 8, 'sim', 'succeeded', 'rounds', 7, now() - run_number * interval '1 minute', now(), now() FROM seeded;
            INSERT INTO solutions (sha256, code, created_at) SELECT solution_sha256, @code || run_id || round, now() FROM seeded;
            INSERT INTO evaluations (id, task_sha256, solution_sha256, run_id, round, environment_id, origin, model, strategy, status, ranked, fresh_seeds, kind, precision, latency_ms, baseline, speedup_factor,
                speed_of_light_ms, speed_of_light_fraction, outcome, created_at)
            SELECT evaluation_id, task_sha256, solution_sha256, run_id, round, 'seeded', 'run', 'replay:demo', 'coder-judge', CASE WHEN passed THEN 'passed' ELSE 'incorrect_numerical' END, passed, false,
                'modelled', 'float32', CASE WHEN passed THEN latency_ms END, 'torch_eager_modelled', CASE WHEN passed THEN 5 / latency_ms END, 0.9, CASE WHEN passed THEN 0.9 / latency_ms END,
                replace(@outcome, '@task', task_sha256)::json, now()
            FROM seeded;
            INSERT INTO submissions (id, task_sha256, solution_sha256, platform, origin, state, created_at, started_at, finished_at)
            SELECT md5('submission' || solution_sha256)::uuid, task_sha256, solution_sha256, 'sim', 'verification', 'succeeded', now(), now(), now()
            FROM (SELECT DISTINCT ON (run_id) * FROM seeded WHERE passed ORDER BY run_id, latency_ms) winners;
            INSERT INTO evaluations (id, task_sha256, solution_sha256, submission_id, environment_id, origin, status, ranked, fresh_seeds, kind, precision, latency_ms, outcome, created_at)
            SELECT gen_random_uuid(), task_sha256, solution_sha256, id, 'seeded', 'verification', 'passed', true, true, 'modelled', 'float32', 1, replace(@outcome, '@task', task_sha256)::json, now() FROM submissions;
            INSERT INTO rounds (run_id, round, mode, parent, kind, model, solution_sha256, evaluation_id, status, record, finished_at)
            SELECT run_id, round, 'optimisation', nullif(round - 1, -1), 'replay', 'replay:demo', solution_sha256, evaluation_id, CASE WHEN passed THEN 'passed' ELSE 'incorrect_numerical' END,
                replace(replace(replace(replace(replace(@record, '@run', run_id::text), '"parent":77776', CASE round WHEN 0 THEN '"parent":null' ELSE '"parent":' || round - 1 END), '77777', round::text), '@task', task_sha256),
                    '@solution', solution_sha256)::json, now()
            FROM seeded;
            ANALYZE;
            """);
        command.Parameters.AddWithValue("code", NpgsqlDbType.Text, code);
        command.Parameters.AddWithValue("outcome", NpgsqlDbType.Text, JsonSerializer.Serialize<EvaluationOutcome>(outcome, ContractsJson.Default.EvaluationOutcome));
        command.Parameters.AddWithValue("record", NpgsqlDbType.Text, JsonSerializer.Serialize(attempt, ContractsJson.Default.AttemptRecord));
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
