using System.Security.Cryptography;
using System.Text.Json;
using KernelForge.Api.Features.Tasks;
using KernelForge.Api.Rest;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Features.Submissions;

/// <summary>Accepts solutions to judge: checks what can be known without running anything, then one transaction.</summary>
internal sealed class Intake(TaskNames tasks, Acceptance acceptance, TimeProvider time)
{
    /// <summary>Most bytes of a solution (design §12).</summary>
    public const int MostCodeBytes = 1024 * 1024;

    private static readonly string[] UsualPresets = ["small", "odd", "full"];

    /// <summary>Accepts one; durable once this returns.</summary>
    /// <param name="order">What is asked.</param>
    /// <param name="idempotencyKey">The same key and order: the same answer; null: none.</param>
    /// <param name="cancellationToken">Ends the wait; what is committed stays.</param>
    /// <exception cref="RefusedException">The order is wrong, or the key was used for another one.</exception>
    public async Task<Accepted> AcceptAsync(SubmissionOrder order, string? idempotencyKey, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        var key = idempotencyKey is null ? null : new IdempotentRequest(IdempotentRequest.Checked(idempotencyKey), JsonSerializer.SerializeToUtf8Bytes(order, ContractsJson.Default.SubmissionOrder));
        Platforms.Require(order.Platform, order.Device);
        var code = Texts.File("code", order.Code, MostCodeBytes);
        var task = await tasks.FindAsync(order.Task, cancellationToken);
        RequirePreset(order.Preset, task);

        var id = Guid.CreateVersion7();
        var now = time.GetUtcNow();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(code));
        NpgsqlBatchCommand solution = new("INSERT INTO solutions (sha256, code, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
        solution.Parameters.AddWithValue(sha256);
        solution.Parameters.AddWithValue(order.Code);
        solution.Parameters.AddWithValue(now);
        NpgsqlBatchCommand submission = new(
            "INSERT INTO submissions (id, task_sha256, solution_sha256, platform, device, preset, origin, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'api', 'queued', $7)");
        submission.Parameters.AddWithValue(id);
        submission.Parameters.AddWithValue(task.Sha256);
        submission.Parameters.AddWithValue(sha256);
        submission.Parameters.AddWithValue(order.Platform);
        submission.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)order.Device ?? DBNull.Value);
        submission.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)order.Preset ?? DBNull.Value);
        submission.Parameters.AddWithValue(now);
        return await acceptance.WriteAsync("submissions", id, "evaluation", order.Platform, [solution, submission], key, cancellationToken);
    }

    private static void RequirePreset(string? preset, TaskVersion task)
    {
        var known = task.Presets.Union(UsualPresets, StringComparer.Ordinal).ToList();
        if (preset is not null && !known.Contains(preset, StringComparer.Ordinal))
        {
            throw RefusedException.Bad("preset", $"expected one of {string.Join(", ", known)}, or none for all of them, found '{preset}'");
        }
    }
}
