using KernelForge.Agents.Chat;
using KernelForge.Agents.Chat.Budgets;
using KernelForge.Agents.Evaluation;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Api.Store;
using KernelForge.Api.Store.Rows;
using KernelForge.Contracts.Runs;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace KernelForge.Api.Work;

/// <summary>Makes one round of a run: what earlier rounds did is read from the journal, what this one does is written to it, and the next is queued.</summary>
internal sealed class RoundWorker(
    NpgsqlDataSource database, IDbContextFactory<KernelForgeDb> rows, StepStore steps, OwnerStore owners, EventStore events, TaskFiles files, VerificationPlan verifications,
    AgentModels models, PromptLibrary prompts, IEvaluator evaluator, ServiceSettings settings) : IStepWorker
{
    /// <inheritdoc/>
    public string Kind => "round";

    /// <inheritdoc/>
    public async Task RunAsync(StepClaim claim, CancellationToken cancellationToken)
    {
        var run = await BeginAsync(claim, cancellationToken);
        var folder = Directory.CreateDirectory(Path.Combine(settings.Home, "work", $"{claim.Id:N}-{claim.Fence}"));
        try
        {
            var (name, task) = await files.FileOfAsync(run.TaskSha256, cancellationToken);
            RunJournalRows journal = new(database, claim, settings.Time);
            await using RunEventWriter listener = new(database, events, claim);
            RunReport? report;
            try
            {
                var strategy = Strategies.Create(run.Strategy);
                var team = AgentTeam.Create(strategy, run.Coder, run.Judge, models, prompts, evaluator, journal, settings.Time, new RunBudget { CostUsd = run.BudgetUsd });
                report = await SearchRun.AdvanceAsync(strategy, RequestOf(run, name, task, folder.FullName, await GivenAsync(run.Coder, cancellationToken)), team, journal, listener, cancellationToken);
            }
            catch (Exception error) when (error is ModelSetupException or TranscriptException or ModelNameException)
            {
                // What was asked for cannot be had here: a result of the run, not a fault of this machine.
                await EndAsync(claim, connection => FailRunAsync(connection, claim, error.Message));
                return;
            }

            cancellationToken.ThrowIfCancellationRequested();
            await listener.FlushAsync();
            if (report is null)
            {
                await EndAsync(claim, connection =>
                    steps.EnqueueAsync(connection, Guid.CreateVersion7(), "round", claim.OwnerId, claim.Number + 1, claim.ExecutionGroup, claim.Priority, CancellationToken.None));
            }
            else if (report.Fault is { ExitCode: not (64 or 65) } fault && report.StopReason == "evaluator_fault")
            {
                throw new InfrastructureException(fault.Message);
            }
            else
            {
                await EndAsync(claim, connection => FinishRunAsync(connection, claim, run, report, listener.Stopped));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<RunRow> BeginAsync(StepClaim claim, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StepStore.CheckFenceAsync(connection, claim, cancellationToken);
        await owners.BeginAsync(connection, claim, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        return await db.Runs.AsNoTracking().SingleAsync(run => run.Id == claim.OwnerId, cancellationToken);
    }

    /// <summary>The solution that a run begins with; null where it has none.</summary>
    /// <exception cref="ModelSetupException">It is not there.</exception>
    private async Task<string?> GivenAsync(string coder, CancellationToken cancellationToken)
    {
        const string prefix = "solution:";
        if (!coder.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        await using var command = database.CreateCommand("SELECT code FROM solutions WHERE sha256 = $1");
        command.Parameters.AddWithValue(coder[prefix.Length..]);
        return await command.ExecuteScalarAsync(cancellationToken) as string
            ?? throw new ModelSetupException($"the service holds no solution {coder[prefix.Length..]}; send it along as solution");
    }

    private RunRequest RequestOf(RunRow run, string name, string task, string folder, string? solution) => new()
    {
        RunId = run.Id.ToString(),
        Task = TaskBrief.FromFile(name, task),
        Platform = run.Platform,
        Device = run.Device,
        Home = settings.Home,
        Toolbox = settings.Toolbox,
        Folder = folder,
        StartedAt = run.StartedAt,
        Solution = solution,
        Limits = new RunLimits { Rounds = run.Rounds, CostUsd = run.BudgetUsd, TargetSpeedup = run.TargetSpeedup },
    };

    /// <summary>Ends the step, with what follows from it, in one transaction.</summary>
    private async Task EndAsync(StepClaim claim, Func<NpgsqlConnection, Task> follow)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await StepStore.CheckFenceAsync(connection, claim, CancellationToken.None);
        await steps.FinishAsync(connection, claim, Lifecycle.Succeeded, null, CancellationToken.None);
        await follow(connection);
        await transaction.CommitAsync();
    }

    private async Task FailRunAsync(NpgsqlConnection connection, StepClaim claim, string message) =>
        await owners.FailAsync(connection, claim, message, CancellationToken.None);

    private async Task FinishRunAsync(NpgsqlConnection connection, StepClaim claim, RunRow run, RunReport report, Stopped? stopped)
    {
        var best = report.Best is { } winner ? report.Rounds.FirstOrDefault(round => round.SolutionSha256 == winner.SolutionSha256) : null;
        await using (NpgsqlCommand command = new(
            """
            UPDATE runs SET state = $2, stop_reason = $3, stop_message = $4, failure = $5, best_round = $6,
                calls = $7, input_tokens = $8, output_tokens = $9, reasoning_tokens = $10, cost_usd = $11, finished_at = $12
            WHERE id = $1
            """,
            connection))
        {
            command.Parameters.AddWithValue(run.Id);
            command.Parameters.AddWithValue(report.Status);
            command.Parameters.AddWithValue(report.StopReason);
            Add(command, NpgsqlDbType.Text, report.StopMessage);
            Add(command, NpgsqlDbType.Text, report.Fault?.Message);
            Add(command, NpgsqlDbType.Integer, best?.Number);
            command.Parameters.AddWithValue(report.Usage.Calls);
            command.Parameters.AddWithValue(report.Usage.InputTokens);
            command.Parameters.AddWithValue(report.Usage.OutputTokens);
            command.Parameters.AddWithValue(report.Usage.ReasoningTokens);
            Add(command, NpgsqlDbType.Numeric, report.Usage.CostUsd);
            command.Parameters.AddWithValue(settings.Time.GetUtcNow());
            await command.ExecuteNonQueryAsync();
        }

        if (stopped is not null)
        {
            await events.AppendAsync(connection, run.Id, [RunEventWriter.Row(stopped)], CancellationToken.None);
        }

        if (best is not null)
        {
            await using NpgsqlCommand find = new("SELECT id FROM evaluations WHERE run_id = $1 AND round = $2", connection);
            find.Parameters.AddWithValue(run.Id);
            find.Parameters.AddWithValue(best.Number);
            if (await find.ExecuteScalarAsync() is Guid evaluation)
            {
                await verifications.AfterAsync(connection, evaluation, best.Outcome, "run", null, run.Device, claim.Priority, CancellationToken.None);
            }
        }
    }

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object? value) => command.Parameters.AddWithValue(type, value ?? DBNull.Value);
}
