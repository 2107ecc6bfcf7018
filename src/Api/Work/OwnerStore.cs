using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>The lifecycle of submissions and runs, which follows from that of their steps. Every method writes in the caller's transaction.</summary>
internal sealed class OwnerStore(EventStore events, StepStore steps, TimeProvider time)
{
    /// <summary>The first step of a submission or run has begun.</summary>
    public async Task BeginAsync(NpgsqlConnection connection, StepClaim claim, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            $"UPDATE {TableOf(claim)} SET state = 'running', started_at = coalesce(started_at, $2) WHERE id = $1 AND state = 'queued'", connection);
        command.Parameters.AddWithValue(claim.OwnerId);
        command.Parameters.AddWithValue(time.GetUtcNow());
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0 && claim.Kind == "evaluation")
        {
            await events.AppendAsync(connection, claim.OwnerId, [Event("running", claim.OwnerId)], cancellationToken);
        }
    }

    /// <summary>It could not be done; its step is parked.</summary>
    public async Task FailAsync(NpgsqlConnection connection, StepClaim claim, string failure, CancellationToken cancellationToken)
    {
        if (claim.Kind == "noop")
        {
            return;
        }

        await EndAsync(connection, TableOf(claim), claim.OwnerId, Lifecycle.Failed, failure, cancellationToken);
        await events.AppendAsync(connection, claim.OwnerId, [Event(Lifecycle.Failed, claim.OwnerId, failure)], cancellationToken);
    }

    /// <summary>A submission's verdict is there.</summary>
    public async Task SucceedAsync(NpgsqlConnection connection, StepClaim claim, CancellationToken cancellationToken)
    {
        await EndAsync(connection, TableOf(claim), claim.OwnerId, Lifecycle.Succeeded, null, cancellationToken);
        await events.AppendAsync(connection, claim.OwnerId, [Event(Lifecycle.Succeeded, claim.OwnerId)], cancellationToken);
    }

    /// <summary>Cancels a submission (<c>submissions</c>) or run (<c>runs</c>); false where it had ended already, which is no error.</summary>
    public async Task<bool> CancelAsync(NpgsqlConnection connection, string table, Guid owner, CancellationToken cancellationToken)
    {
        await steps.CancelAsync(connection, owner, cancellationToken);
        if (!await EndAsync(connection, table, owner, Lifecycle.Cancelled, null, cancellationToken))
        {
            return false;
        }

        await events.AppendAsync(connection, owner, [Event(Lifecycle.Cancelled, owner)], cancellationToken);
        return true;
    }

    /// <summary>An event of the lifecycle, in the shape of run events: <c>event</c>, <c>id</c>, <c>at</c>, and why.</summary>
    public (string Type, string Body) Event(string type, Guid owner, string? message = null)
    {
        JsonObject body = new() { ["event"] = type, ["id"] = owner.ToString(), ["at"] = time.GetUtcNow().ToString("O") };
        if (message is not null)
        {
            body["message"] = message;
        }

        return (type, body.ToJsonString(new JsonSerializerOptions()));
    }

    private static string TableOf(StepClaim claim) => claim.Kind == "round" ? "runs" : "submissions";

    private async Task<bool> EndAsync(NpgsqlConnection connection, string table, Guid owner, string state, string? failure, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(
            $"UPDATE {table} SET state = $2, failure = $3, finished_at = $4 WHERE id = $1 AND state IN ('queued', 'running')", connection);
        command.Parameters.AddWithValue(owner);
        command.Parameters.AddWithValue(state);
        command.Parameters.AddWithValue(NpgsqlDbType.Text, (object?)failure ?? DBNull.Value);
        command.Parameters.AddWithValue(time.GetUtcNow());
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }
}
