using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Tasks;
using KernelForge.Api.Store;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>A database with attempts as a run writes them, made of recorded outcomes. Ids and times are fixed, so that files made of them are too.</summary>
internal sealed class SeededAttempts : IAsyncDisposable
{
    private static readonly DateTimeOffset Epoch = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly ServiceSettings _settings;
    private int _runs;

    private SeededAttempts(NpgsqlDataSource database, ServiceSettings settings)
    {
        Database = database;
        _settings = settings;
    }

    public NpgsqlDataSource Database { get; }

    public string ConnectionString => _settings.ConnectionString!;

    public static async Task<SeededAttempts> OpenAsync(ServiceFixture fixture, string? connectionString = null)
    {
        connectionString ??= await fixture.NewDatabaseAsync();
        var database = Api.Store.Database.Open(connectionString);
        await Api.Store.Database.MigrateAsync(new Factory(database), TestContext.Current.CancellationToken);
        return new SeededAttempts(database, fixture.Settings(connectionString, workers: 0));
    }

    /// <summary>A solution that no other attempt has nearly: a mark but for <c>one</c> gives it a table of its own.</summary>
    public static string Code(string mark) =>
        $$"""
        /*launch-plan
        { "launches": [ { "kernel": "relu", "grid": [1], "block": [256], "args": ["x", "out"] } ] }
        */
        // {{mark}}{{(mark == "one" ? "" : $"\n__constant__ int table[] = {{ {string.Join(", ", SHA256.HashData(Encoding.UTF8.GetBytes(mark)).Concat(SHA256.HashData(Encoding.UTF8.GetBytes(mark + "2"))))} }};")}}
        extern "C" __global__ void relu(const float* x, float* out) { out[threadIdx.x] = fmaxf(x[threadIdx.x], 0.f); }

        """;

    public static EvaluationOutcome Outcome(string name) => JsonSerializer.Deserialize(
        File.ReadAllText(Path.Combine(Repository.Root, "tests/Agents.Tests/Recorded", name + ".json")), ContractsJson.Default.EvaluationOutcome)!;

    /// <summary>A pass of that latency against a baseline of 2.7 ms.</summary>
    public static Passed Passed(double latencyMs) => Outcome("passed") is Passed passed
        ? passed with { Performance = passed.Performance! with { LatencyMs = latencyMs, SpeedupFactor = 2.7 / latencyMs, SpeedOfLightFraction = 2.68 / latencyMs } }
        : throw new InvalidOperationException();

    /// <summary>Adds a run of one attempt on a task, verified where it passed.</summary>
    public async Task<AttemptRecord> AddAsync(
        string task = "activation/mine", string mark = "one", EvaluationOutcome? outcome = null, bool verified = true, Func<AttemptRecord, AttemptRecord>? change = null)
    {
        var source = $"# {task}\n";
        var run = new Guid(++_runs, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]);
        var record = Record(run, task, source, Code(mark), outcome ?? Passed(2.0));
        record = change?.Invoke(record) ?? record;
        await using var connection = await Database.OpenConnectionAsync();
        await KeepTaskAsync(connection, task, source);
        await ExecuteAsync(
            "INSERT INTO runs (id, task_sha256, strategy, coder, judge, rounds, platform, state, created_at) VALUES ($1, $2, 'coder-judge', 'replay:demo', 'rules', 1, 'sim', 'running', $3)",
            run, record.TaskSha256, Epoch);
        await new RunJournalRows(Database, await ClaimAsync(connection, run), _settings.Time).AppendAttemptAsync(record);
        if (verified && record.Code is not null)
        {
            EvaluationSource second = new() { Origin = "verification", FreshSeeds = true };
            await EvaluationStore.WriteAsync(connection, record.Outcome, second, Epoch.AddHours(1), TestContext.Current.CancellationToken);
        }

        return record;
    }

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <summary>A record of a first attempt.</summary>
    public static AttemptRecord Record(Guid run, string task, string source, string code, EvaluationOutcome outcome)
    {
        var (taskHash, codeHash) = (HashOf(source), HashOf(code));
        return new AttemptRecord
        {
            Id = $"{run}/0",
            Kind = "live",
            RunId = run.ToString(),
            Strategy = "coder-judge",
            Task = task,
            Category = task.Split('/')[0],
            TaskSha256 = taskHash,
            TaskSource = source,
            Round = 0,
            Mode = "first",
            Model = "compatible:local/coder",
            Sampling = new SamplingSettings { Temperature = 0.7, MaxOutputTokens = 32768 },
            Prompt = new PromptReference { Template = "coder/first", Version = "coder/system@1 coder/first@1", Sha256 = HashOf("prompt") },
            Messages = [new PromptMessage { Role = "system", Content = "You write CUDA kernels." }, new PromptMessage { Role = "user", Content = $"Task {task} — naïve & <fast>" }],
            Reasoning = "Each thread takes one element.\nNothing is shared.",
            Answer = $"Here it is.\n```cuda\n{code}```\n",
            FinishReason = "stop",
            Code = code,
            Sha256 = codeHash,
            Outcome = outcome with { Task = new ContentReference { Name = task, Sha256 = taskHash }, Solution = new ContentReference { Sha256 = codeHash } },
            Usage = new ModelUsage { Calls = 1, InputTokens = 1200, OutputTokens = 340, ReasoningTokens = 90, CostUsd = 0.0123m },
            StartedAt = Epoch,
            FinishedAt = Epoch.AddSeconds(30),
            Kernelforge = "0.1.0",
        };
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private async Task KeepTaskAsync(NpgsqlConnection connection, string task, string source)
    {
        TaskEntry entry = new() { Name = task, Category = task.Split('/')[0], Origin = "imported", Ranked = true, Presets = ["small", "odd", "full"] };
        await new TaskCatalogue(Database, _settings).KeepAsync(connection, entry, source, TestContext.Current.CancellationToken);
    }

    private async Task<StepClaim> ClaimAsync(NpgsqlConnection connection, Guid run)
    {
        StepStore steps = new(Database, _settings.Time);
        var step = Guid.CreateVersion7();
        await steps.EnqueueAsync(connection, step, "round", run, 0, "sim", 0, TestContext.Current.CancellationToken);
        return (await steps.ClaimAsync(step, "test", TestContext.Current.CancellationToken))!;
    }

    private sealed class Factory(NpgsqlDataSource database) : IDbContextFactory<KernelForgeDb>
    {
        public KernelForgeDb CreateDbContext() => new(new DbContextOptionsBuilder<KernelForgeDb>().UseNpgsql(database).Options);
    }
}
