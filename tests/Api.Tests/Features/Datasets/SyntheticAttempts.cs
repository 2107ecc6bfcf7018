using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>More than ten thousand attempts of one seed: 200 tasks × 13 runs × 4 rounds, with every tie and lack that the rules have an answer to.</summary>
internal static class SyntheticAttempts
{
    private const int Tasks = 200;
    private const int RunsOfATask = 13;
    private const int Rounds = 4;
    private static readonly DateTimeOffset Epoch = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly double[] Latencies = [0.25, 0.5, 0.5, 0.52, 0.55, 1, 1, 1.1, 2, 3];
    private static readonly int[] Lengths = [100, 200, 200, 300, 400, 800];

    /// <summary>Draws them.</summary>
    public static List<SyntheticAttempt> Draw(int seed)
    {
        Random random = new(seed);
        List<SyntheticAttempt> attempts = [];
        for (var task = 0; task < Tasks; task++)
        {
            // Whether the provider counts reasoning: always, never, or for some attempts. The last tasks have a single run.
            var counts = random.Next(3);
            var (single, baseline) = (task % 3 == 0, random.Next(2) == 0 ? 2.7 : 1.1);
            for (var run = 0; run < (task >= Tasks - 20 ? 1 : RunsOfATask); run++)
            {
                AddRun(attempts, random, $"made/task{task:D3}", single, baseline, counts);
            }
        }

        // As many as were promised, of a task of their own.
        while (attempts.Count < 10_000)
        {
            AddRun(attempts, random, "made/crowded", single: false, 2.7, counts: 0);
        }

        return attempts;
    }

    /// <summary>Writes them as runs write attempts.</summary>
    public static async Task WriteAsync(NpgsqlDataSource database, IReadOnlyList<SyntheticAttempt> attempts)
    {
        await using var connection = await database.OpenConnectionAsync();
        foreach (var device in attempts.Select(attempt => attempt.Device).Distinct(StringComparer.Ordinal))
        {
            await ExecuteAsync(connection, $"INSERT INTO environments VALUES ('{device}', 'sim', '{device}', 'sm_90a', 'nvrtc 12.4', '2.6.0', NULL, '0.1.0', '1', NULL)");
        }

        var tasks = attempts.DistinctBy(attempt => attempt.Task).ToList();
        await CopyAsync(connection, "tasks (sha256, name, category, source, kernelbench, ranked, presets, current, created_at)", tasks, (row, item) =>
        {
            row.Write(HashOf(item.Task), NpgsqlDbType.Text);
            row.Write(item.Task, NpgsqlDbType.Text);
            row.Write("made", NpgsqlDbType.Text);
            row.Write(item.Task, NpgsqlDbType.Text);
            Write(row, item.SingleOperator ? "L1/" + item.Task[^3..] : null);
            row.Write(true);
            row.Write((string[])["small", "odd", "full"], NpgsqlDbType.Array | NpgsqlDbType.Text);
            row.Write(true);
            row.Write(Epoch, NpgsqlDbType.TimestampTz);
        });
        await CopyAsync(connection, "runs (id, task_sha256, strategy, coder, judge, rounds, platform, device, state, created_at)", attempts.DistinctBy(attempt => attempt.Run).ToList(), (row, item) =>
        {
            row.Write(item.Run, NpgsqlDbType.Uuid);
            row.Write(HashOf(item.Task), NpgsqlDbType.Text);
            row.Write("coder-judge", NpgsqlDbType.Text);
            row.Write("compatible:local/coder", NpgsqlDbType.Text);
            row.Write("rules", NpgsqlDbType.Text);
            row.Write(Rounds, NpgsqlDbType.Integer);
            row.Write("sim", NpgsqlDbType.Text);
            row.Write(item.Device, NpgsqlDbType.Text);
            row.Write("succeeded", NpgsqlDbType.Text);
            row.Write(Epoch, NpgsqlDbType.TimestampTz);
        });
        var records = attempts.Select(Record).ToList();
        await CopyAsync(connection, "solutions (sha256, code, created_at)", records.DistinctBy(record => record.Sha256).ToList(), (row, item) =>
        {
            row.Write(item.Sha256!, NpgsqlDbType.Text);
            row.Write(item.Code!, NpgsqlDbType.Text);
            row.Write(Epoch, NpgsqlDbType.TimestampTz);
        });
        var judged = attempts.Zip(records).ToList();
        List<(SyntheticAttempt Attempt, AttemptRecord Record, bool Second)> verdicts =
            [.. judged.Select(item => (item.First, item.Second, false)), .. judged.Where(item => item.First is { Correct: true, Verified: true }).Select(item => (item.First, item.Second, true))];
        await CopyAsync(
            connection,
            "evaluations (id, task_sha256, solution_sha256, run_id, round, environment_id, origin, status, ranked, fresh_seeds, kind, precision, latency_ms, baseline, speedup_factor, outcome, created_at)",
            verdicts,
            (row, item) => WriteVerdict(row, item.Attempt, item.Record, item.Second));
        await CopyAsync(connection, "rounds (run_id, round, mode, parent, kind, model, solution_sha256, evaluation_id, status, record, finished_at)", judged, (row, item) =>
        {
            row.Write(item.First.Run, NpgsqlDbType.Uuid);
            row.Write(item.First.Round, NpgsqlDbType.Integer);
            row.Write(item.First.Mode, NpgsqlDbType.Text);
            Write(row, item.First.Parent);
            row.Write("live", NpgsqlDbType.Text);
            row.Write("compatible:local/coder", NpgsqlDbType.Text);
            row.Write(item.Second.Sha256!, NpgsqlDbType.Text);
            row.Write(VerdictId(item.First, second: false), NpgsqlDbType.Uuid);
            row.Write(item.First.Status, NpgsqlDbType.Text);
            row.Write(JsonSerializer.Serialize(item.Second, ContractsJson.Default.AttemptRecord), NpgsqlDbType.Json);
            row.Write(item.First.FinishedAt, NpgsqlDbType.TimestampTz);
        });
        await ExecuteAsync(connection, "ANALYZE");
    }

    /// <summary>A solution of a family; the other numbers change blanks, names, and one number of many.</summary>
    public static string Code(string task, int family, int blanks, int names, int edit)
    {
        Random numbers = new(HashCode(task, family));
        var table = Enumerable.Range(0, 80).Select(i => numbers.Next(100_000) + (i == 40 ? edit : 0)).ToList();
        var (kernel, value) = names == 0 ? ("work", "value") : ($"work{names}", $"amount{names}");
        return $$"""
            /*launch-plan
            { "launches": [ { "kernel": "{{kernel}}", "grid": [1], "block": [256], "args": ["x", "out"] } ] }
            */
            __constant__ int numbers[] = { {{string.Join(", ", table)}} };
            extern "C" __global__ void {{kernel}}(const float* x, float* out) {
                float {{value}} = x[threadIdx.x];{{new string(' ', blanks * 3)}}
                out[threadIdx.x] = fmaxf({{value}}, numbers[threadIdx.x % 80]);
            }

            """;
    }

    private static void AddRun(List<SyntheticAttempt> attempts, Random random, string task, bool single, double baseline, int counts)
    {
        var number = attempts.Count + 1;
        Guid run = new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 2]);
        var device = random.Next(4) == 0 ? "L40S" : "H200";
        for (var round = 0; round < Rounds; round++)
        {
            var before = round > 0 ? attempts[^1] : null;
            var latency = Latencies[random.Next(Latencies.Length)];
            var length = Lengths[random.Next(Lengths.Length)];
            attempts.Add(new SyntheticAttempt
            {
                Run = run,
                Round = round,
                Task = task,
                SingleOperator = single,
                Device = device,
                Precision = random.Next(8) == 0 ? "float16" : "float32",
                Status = random.Next(10) switch { < 6 => "passed", < 9 => "incorrect", _ => "compile_error" },
                Verified = random.Next(12) > 0,
                LatencyMs = latency,
                Speedup = baseline / latency,
                Reasoning = random.Next(15) switch
                {
                    0 => null,
                    1 => "   ",
                    2 when random.Next(3) == 0 => "I saw /home/judge/evaluator.py before" + new string('.', length),
                    3 when random.Next(3) == 0 => "so </think> it is" + new string('.', length),
                    _ => new string((char)('a' + random.Next(26)), length),
                },
                Tokens = counts == 0 || (counts == 2 && random.Next(2) == 0) ? 10 * (1 + random.Next(6)) : 0,
                FinishReason = random.Next(20) == 0 ? "length" : "stop",
                Family = random.Next(30),
                Blanks = random.Next(2),
                Names = random.Next(2),
                Edit = random.Next(3),
                Prompt = round == 0 ? $"first {task}" : $"{run} {round}",
                Mode = before is null ? "first" : before.Correct ? "optimisation" : "correction",
                Parent = before?.Round,
                Advised = before is null || random.Next(10) == 0 ? null : before.Correct ? "optimisation" : "correction",
                FinishedAt = Epoch.AddSeconds(random.Next(2_000)),
            });
        }
    }

    private static AttemptRecord Record(SyntheticAttempt attempt)
    {
        var code = Code(attempt.Task, attempt.Family, attempt.Blanks, attempt.Names, attempt.Edit);
        var outcome = Outcome(attempt);
        return SeededAttempts.Record(attempt.Run, attempt.Task, attempt.Task, code, outcome with { Environment = outcome.Environment with { Device = attempt.Device } }) with
        {
            Id = attempt.Id,
            Round = attempt.Round,
            Mode = attempt.Mode,
            Parent = attempt.Parent,
            ParentAttempt = attempt.Parent is { } parent ? $"{attempt.Run}/{parent}" : null,
            Prompt = new PromptReference { Template = "coder/first", Version = "1", Sha256 = HashOf(attempt.Prompt) },
            Reasoning = attempt.Reasoning,
            FinishReason = attempt.FinishReason,
            Advice = attempt.Advised is { } mode ? new JudgeAdvice { Mode = mode, Issue = "it waits", Reason = "memory", Fix = "load wider", Source = "rules" } : null,
            Usage = new ModelUsage { Calls = 1, ReasoningTokens = attempt.Tokens },
            FinishedAt = attempt.FinishedAt,
        };
    }

    private static EvaluationOutcome Outcome(SyntheticAttempt attempt)
    {
        if (!attempt.Correct)
        {
            return SeededAttempts.Outcome(attempt.Status);
        }

        var passed = SeededAttempts.Passed(attempt.LatencyMs);
        return passed with { Class = passed.Class! with { Precision = attempt.Precision }, Performance = passed.Performance! with { SpeedupFactor = attempt.Speedup } };
    }

    private static void WriteVerdict(NpgsqlBinaryImporter row, SyntheticAttempt attempt, AttemptRecord record, bool second)
    {
        row.Write(VerdictId(attempt, second), NpgsqlDbType.Uuid);
        row.Write(record.TaskSha256, NpgsqlDbType.Text);
        row.Write(record.Sha256!, NpgsqlDbType.Text);
        Write(row, second ? null : (Guid?)attempt.Run);
        Write(row, second ? null : (int?)attempt.Round);
        row.Write(attempt.Device, NpgsqlDbType.Text);
        row.Write(second ? "verification" : "run", NpgsqlDbType.Text);
        row.Write(attempt.Status, NpgsqlDbType.Text);
        row.Write(attempt.Correct);
        row.Write(second);
        Write(row, attempt.Correct ? "modelled" : null);
        Write(row, attempt.Correct ? attempt.Precision : null);
        Write(row, attempt.Correct ? attempt.LatencyMs : (double?)null);
        Write(row, attempt.Correct ? "torch_eager_modelled" : null);
        Write(row, attempt.Correct ? attempt.Speedup : (double?)null);
        row.Write(JsonSerializer.Serialize(record.Outcome, ContractsJson.Default.EvaluationOutcome), NpgsqlDbType.Json);
        row.Write(attempt.FinishedAt.AddHours(second ? 1 : 0), NpgsqlDbType.TimestampTz);
    }

    private static async Task CopyAsync<T>(NpgsqlConnection connection, string target, IReadOnlyList<T> items, Action<NpgsqlBinaryImporter, T> write)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {target} FROM STDIN (FORMAT BINARY)");
        foreach (var item in items)
        {
            await copy.StartRowAsync();
            write(copy, item);
        }

        await copy.CompleteAsync();
    }

    private static void Write(NpgsqlBinaryImporter row, object? value)
    {
        switch (value)
        {
            case null:
                row.WriteNull();
                break;
            case string text:
                row.Write(text, NpgsqlDbType.Text);
                break;
            case int number:
                row.Write(number, NpgsqlDbType.Integer);
                break;
            case double number:
                row.Write(number, NpgsqlDbType.Double);
                break;
            case Guid id:
                row.Write(id, NpgsqlDbType.Uuid);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value));
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static Guid VerdictId(SyntheticAttempt attempt, bool second) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{attempt.Id} {second}")).AsSpan(0, 16));

    private static int HashCode(string task, int family) => BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes($"{task} {family.ToString(CultureInfo.InvariantCulture)}")));

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
