using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using NpgsqlTypes;

namespace KernelForge.Api.Tests.Features;

/// <summary>Verdicts and rounds as workers would have written them, without evaluating anything.</summary>
internal static class Rows
{
    /// <summary>A verdict that passed.</summary>
    public static Passed Passed(string code, string taskSha256, double latencyMs, string device = "H200", string precision = "float32", string evaluationVersion = "1") => new()
    {
        Message = "it passed",
        Ranked = true,
        Task = new ContentReference { Sha256 = taskSha256 },
        Solution = new ContentReference { Sha256 = Hash(code) },
        Environment = new EvaluationEnvironment { Platform = "sim", Device = device, Architecture = "sm_90a", Kernelforge = "1", EvaluationVersion = evaluationVersion },
        Class = new SolutionClass { Kind = "modelled", Precision = precision },
        Performance = new PerformanceReport
        {
            Kind = "modelled", Preset = "full", LatencyMs = latencyMs, Baseline = "torch_eager_modelled", SpeedupFactor = 10 / latencyMs, SpeedOfLightMs = 1, SpeedOfLightFraction = 1 / latencyMs,
        },
    };

    /// <summary>A verdict and, where it is verified, the second one under fresh seeds; the first one's id.</summary>
    public static async Task<Guid> JudgedAsync(
        this RestService rest, string task, string code, double latencyMs, string? model = null, bool verified = true, string device = "H200", string precision = "float32", string evaluationVersion = "1")
    {
        await using var connection = await rest.Database.OpenConnectionAsync();
        var outcome = Passed(code, await rest.TaskSha256Async(task), latencyMs, device, precision, evaluationVersion);
        await EvaluationStore.KeepSolutionAsync(connection, outcome.Solution.Sha256, code, DateTimeOffset.UnixEpoch, CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow();
        var id = await EvaluationStore.WriteAsync(connection, outcome, new EvaluationSource { Origin = "api", Model = model }, now, CancellationToken.None);
        if (verified)
        {
            await EvaluationStore.WriteAsync(connection, outcome, new EvaluationSource { Origin = "verification", FreshSeeds = true }, now, CancellationToken.None);
        }

        return id;
    }

    /// <summary>A round of a run, finished.</summary>
    public static async Task RoundAsync(this RestService rest, Guid run, int round, string code, double latencyMs, JudgeAdvice? advice)
    {
        var taskSha256 = await rest.TaskSha256Async("activation/gelu");
        AttemptRecord attempt = new()
        {
            Id = $"{run}/{round}",
            Kind = "replay",
            RunId = run.ToString(),
            Strategy = "coder-judge",
            Task = "activation/gelu",
            TaskSha256 = taskSha256,
            TaskSource = "",
            Round = round,
            Mode = round == 0 ? "first" : "optimisation",
            Model = "replay:demo",
            Sampling = new SamplingSettings(),
            Prompt = new PromptReference { Template = "coder", Version = "coder@1", Sha256 = "0" },
            Messages = [],
            Answer = code,
            Code = code,
            Sha256 = Hash(code),
            Advice = advice,
            Outcome = Passed(code, taskSha256, latencyMs),
            Usage = new ModelUsage { Calls = 1, InputTokens = 100, OutputTokens = 10, CostUsd = 0.5m },
            StartedAt = DateTimeOffset.UnixEpoch,
            FinishedAt = DateTimeOffset.UnixEpoch,
            Kernelforge = "1",
        };
        await using var command = rest.Database.CreateCommand(
            "INSERT INTO rounds (run_id, round, mode, kind, model, status, record, finished_at) VALUES ($1, $2, $3, 'replay', 'replay:demo', 'passed', $4, now())");
        command.Parameters.AddWithValue(run);
        command.Parameters.AddWithValue(round);
        command.Parameters.AddWithValue(attempt.Mode);
        command.Parameters.AddWithValue(NpgsqlDbType.Json, JsonSerializer.Serialize(attempt, ContractsJson.Default.AttemptRecord));
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>An event.</summary>
    public static async Task HappenedAsync(this RestService rest, Guid stream, RunEvent happened)
    {
        var (type, body) = RunEventWriter.Row(happened);
        await using var command = rest.Database.CreateCommand("INSERT INTO events (stream_id, type, body, created_at) VALUES ($1, $2, $3, now())");
        command.Parameters.AddWithValue(stream);
        command.Parameters.AddWithValue(type);
        command.Parameters.AddWithValue(NpgsqlDbType.Json, body);
        await command.ExecuteNonQueryAsync();
    }

    public static string Hash(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    private static async Task<string> TaskSha256Async(this RestService rest, string task)
    {
        await using var command = rest.Database.CreateCommand("SELECT sha256 FROM tasks WHERE name = $1 AND current");
        command.Parameters.AddWithValue(task);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
