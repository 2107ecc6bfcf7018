using System.Security.Cryptography;
using KernelForge.Agents.Evaluation;
using KernelForge.Contracts.Evaluation;
using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>Judges a submission's solution in a child process and writes the verdict.</summary>
internal sealed class EvaluationWorker(
    NpgsqlDataSource database, StepStore steps, OwnerStore owners, TaskFiles files, VerificationPlan verifications, ScheduleVerdicts schedules,
    IEvaluator evaluator, ServiceSettings settings) : IStepWorker
{
    /// <inheritdoc/>
    public string Kind => "evaluation";

    /// <inheritdoc/>
    public async Task RunAsync(StepClaim claim, CancellationToken cancellationToken)
    {
        var order = await ReadAsync(claim, cancellationToken);
        var folder = Directory.CreateDirectory(Path.Combine(settings.Home, "work", $"{claim.Id:N}-{claim.Fence}"));
        try
        {
            var (name, task) = await files.FileOfAsync(order.TaskSha256, cancellationToken);
            var reply = await evaluator.EvaluateAsync(
                new EvaluationRequest
                {
                    TaskPath = task,
                    TaskName = name,
                    SolutionPath = await files.WriteSolutionAsync(folder.FullName, order.SolutionSha256, cancellationToken),
                    Platform = order.Platform,
                    Device = order.Device,
                    Preset = order.Preset,
                    Profile = true,
                    Seed = order.FreshSeeds ? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) : null,
                    Home = settings.Home,
                    Toolbox = settings.Toolbox,
                },
                cancellationToken);
            await WriteAsync(claim, order, reply, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<Order> ReadAsync(StepClaim claim, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StepStore.CheckFenceAsync(connection, claim, cancellationToken);
        await owners.BeginAsync(connection, claim, cancellationToken);
        Order order;
        await using (NpgsqlCommand command = new("SELECT task_sha256, solution_sha256, platform, device, preset, origin, model, strategy FROM submissions WHERE id = $1", connection))
        {
            command.Parameters.AddWithValue(claim.OwnerId);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
            order = new Order(reader.GetString(0), reader.GetString(1), reader.GetString(2), Text(3), Text(4), reader.GetString(5), Text(6), Text(7));
        }

        await transaction.CommitAsync(cancellationToken);
        return order;
    }

    private async Task WriteAsync(StepClaim claim, Order order, EvaluatorReply reply, CancellationToken cancellationToken)
    {
        if (reply.Fault is { ExitCode: not (64 or 65) } broken)
        {
            throw new InfrastructureException(broken.Message);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        await StepStore.CheckFenceAsync(connection, claim, CancellationToken.None);
        if (reply.Outcome is { } outcome)
        {
            EvaluationSource source = new() { Origin = order.Origin, SubmissionId = claim.OwnerId, Model = order.Model, Strategy = order.Strategy, FreshSeeds = order.FreshSeeds };
            var evaluation = await EvaluationStore.WriteAsync(connection, outcome, source, settings.Time.GetUtcNow(), CancellationToken.None);
            await steps.FinishAsync(connection, claim, Lifecycle.Succeeded, null, CancellationToken.None);
            await owners.SucceedAsync(connection, claim, CancellationToken.None);
            await schedules.DecideAsync(connection, claim.OwnerId, outcome, CancellationToken.None);
            await verifications.AfterAsync(connection, evaluation, outcome, order.Origin, order.Preset, order.Device, claim.Priority, CancellationToken.None);
        }
        else
        {
            // The task or the request is to blame: another try would say the same.
            var why = reply.Fault?.Message ?? "the evaluator answered with neither an outcome nor a fault";
            await steps.FinishAsync(connection, claim, Lifecycle.Failed, why, CancellationToken.None);
            await owners.FailAsync(connection, claim, why, CancellationToken.None);
            await schedules.DecideAsync(connection, claim.OwnerId, null, CancellationToken.None);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    private sealed record Order(string TaskSha256, string SolutionSha256, string Platform, string? Device, string? Preset, string Origin, string? Model, string? Strategy)
    {
        /// <summary>Verifications and schedules look again with new secret seeds.</summary>
        public bool FreshSeeds => Origin is "verification" or "schedule";
    }
}
