using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Search;
using KernelForge.Agents.Student;
using KernelForge.Api.Features.Tasks;
using KernelForge.Api.Rest;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Runs;

/// <summary>Accepts searches by agents: checks names and ranges, then one transaction.</summary>
internal sealed class RunIntake(TaskNames tasks, Acceptance acceptance, ServiceSettings settings)
{
    private const int DefaultRounds = 5;
    private const int MostRounds = 1000;

    /// <summary>Accepts one; durable once this returns.</summary>
    /// <param name="order">What is asked.</param>
    /// <param name="idempotencyKey">The same key and order: the same answer; null: none.</param>
    /// <param name="cancellationToken">Ends the wait; what is committed stays.</param>
    /// <exception cref="RefusedException">The order is wrong, or the key was used for another one.</exception>
    public async Task<Accepted> AcceptAsync(RunOrder order, string? idempotencyKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        var key = idempotencyKey is null ? null : new IdempotentRequest(IdempotentRequest.Checked(idempotencyKey), JsonSerializer.SerializeToUtf8Bytes(order, ContractsJson.Default.RunOrder));
        Platforms.Require(order.Platform, order.Device);
        RequireTeam(order);
        RequireRanges(order);
        var task = await tasks.FindAsync(order.Task, cancellationToken);
        var id = Guid.CreateVersion7();
        return await acceptance.WriteAsync("runs", id, "round", order.Platform, [.. SolutionRow(order), Row(id, order, task)], key, cancellationToken);
    }

    /// <summary>Keeps the solution that an order brings along.</summary>
    private IEnumerable<NpgsqlBatchCommand> SolutionRow(RunOrder order)
    {
        if (order.Solution is not { } code)
        {
            yield break;
        }

        NpgsqlBatchCommand row = new("INSERT INTO solutions (sha256, code, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        row.Parameters.AddWithValue(HashOf(code));
        row.Parameters.AddWithValue(code);
        row.Parameters.AddWithValue(settings.Time.GetUtcNow());
        yield return row;
    }

    private static string HashOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    private NpgsqlBatchCommand Row(Guid id, RunOrder order, TaskVersion task)
    {
        NpgsqlBatchCommand row = new(
            """
            INSERT INTO runs (id, task_sha256, strategy, coder, judge, rounds, budget_usd, target_speedup, platform, device, state, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'queued', $11)
            """);
        row.Parameters.AddWithValue(id);
        row.Parameters.AddWithValue(task.Sha256);
        row.Parameters.AddWithValue(order.Strategy);
        row.Parameters.AddWithValue(order.Coder);
        row.Parameters.AddWithValue(order.Judge);
        row.Parameters.AddWithValue(order.Rounds ?? DefaultRounds);
        row.Parameters.AddWithValue(NpgsqlDbType.Numeric, (object?)order.BudgetUsd ?? DBNull.Value);
        row.Parameters.AddWithValue(NpgsqlDbType.Double, (object?)order.TargetSpeedup ?? DBNull.Value);
        row.Parameters.AddWithValue(order.Platform);
        row.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)order.Device ?? DBNull.Value);
        row.Parameters.AddWithValue(settings.Time.GetUtcNow());
        return row;
    }

    private void RequireTeam(RunOrder order)
    {
        Strategy strategy;
        try
        {
            strategy = Strategies.Create(Texts.Name("strategy", order.Strategy));
        }
        catch (ArgumentException error)
        {
            throw RefusedException.Bad("strategy", WithoutParameter(error));
        }

        IReadOnlyList<ModelName> coders;
        try
        {
            coders = strategy.ModelsOf(Texts.Name("coder", order.Coder));
        }
        catch (ModelNameException error)
        {
            throw RefusedException.Bad("coder", WithoutParameter(error));
        }

        foreach (var coder in coders)
        {
            RequireModel("coder", coder.ToString(), mayBeRules: false);
            if (coder.Source == ModelSource.Solution && order.Solution is { } code && coder.Model != HashOf(code))
            {
                throw RefusedException.Bad("coder", $"expected solution:{HashOf(code)}, the hash of the solution that comes along, found {coder}");
            }
        }

        if (order.Solution is not null && strategy.UsesModels)
        {
            throw RefusedException.Bad("solution", $"strategy {strategy.Name} writes solutions of its own; only tune takes one");
        }

        RequireModel("judge", order.Judge, mayBeRules: true);
    }

    private void RequireModel(string field, string text, bool mayBeRules)
    {
        ModelName name;
        try
        {
            name = ModelName.Parse(Texts.Name(field, text));
        }
        catch (ModelNameException error)
        {
            throw RefusedException.Bad(field, WithoutParameter(error));
        }

        switch (name.Source)
        {
            case ModelSource.Rules when !mayBeRules:
                throw RefusedException.Bad(field, "'rules' is the rule Judge: it advises and writes no kernels; choose a Coder such as replay:TRANSCRIPT or compatible:NAME/MODEL");
            case ModelSource.Solution when field == "coder":
                break;
            case ModelSource.Solution:
                throw RefusedException.Bad(field, $"'{name}' is a solution, not a model");
            case ModelSource.Simulated when name.Model == StudentChatClient.ModelId:
                break;
            case ModelSource.Simulated:
                throw RefusedException.Bad(field, $"'{name}' is not known; there is simulated:{StudentChatClient.ModelId}");
            case ModelSource.Replay:
                RequireTranscript(field, name.Model);
                break;
        }
    }

    private void RequireTranscript(string field, string transcript)
    {
        var folder = Path.Combine(settings.Root, "prompts", "transcripts");
        if (!File.Exists(Path.Combine(folder, transcript + ".jsonl")))
        {
            string?[] known = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.jsonl").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)] : [];
            throw RefusedException.Bad(field, $"there is no transcript '{transcript}'; known: {string.Join(", ", known)}. It is the file prompts/transcripts/NAME.jsonl without its ending");
        }
    }

    private static void RequireRanges(RunOrder order)
    {
        if (order.Rounds is < 1 or > MostRounds)
        {
            throw RefusedException.Bad("rounds", $"expected 1 to {MostRounds}, found {order.Rounds}");
        }

        if (order.BudgetUsd is <= 0)
        {
            throw RefusedException.Bad("budget_usd", $"expected more than 0, found {order.BudgetUsd}");
        }

        if (order.TargetSpeedup is { } target && !(target > 0 && double.IsFinite(target)))
        {
            throw RefusedException.Bad("target_speedup", $"expected more than 0, found {target}");
        }
    }

    /// <summary>The message without .NET's own "(Parameter 'name')".</summary>
    private static string WithoutParameter(ArgumentException error)
    {
        var end = error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }
}
