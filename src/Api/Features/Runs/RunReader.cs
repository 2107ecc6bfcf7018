using System.Text.Json;
using KernelForge.Agents.Search;
using KernelForge.Api.Rest;
using KernelForge.Api.Store;
using KernelForge.Api.Store.Rows;
using KernelForge.Api.Work;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Runs;

/// <summary>Runs with their reports, made from the rows of their rounds: the same while a run goes on and after it has ended.</summary>
internal sealed class RunReader(IDbContextFactory<KernelForgeDb> rows)
{
    private const int OurFault = 70;

    /// <summary>One; null where there is none of that id.</summary>
    public async Task<RunStatus?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var found = await FindAllAsync(db, db.Runs.Where(run => run.Id == id), cancellationToken);
        if (found.Count == 0)
        {
            return null;
        }

        var rounds = await db.Rounds.AsNoTracking().Where(round => round.RunId == id).OrderBy(round => round.Round).Select(round => round.Record).ToListAsync(cancellationToken);
        List<AttemptRecord> attempts = [.. rounds.Select(record => JsonSerializer.Deserialize(record, ContractsJson.Default.AttemptRecord)!)];
        return StatusOf(found[0], ReportOf(found[0], attempts, await LastAdviceAsync(db, id, attempts, cancellationToken)));
    }

    /// <summary>A page of them, the newest first, each with its report but for the rounds: those are shown one run at a time.</summary>
    public async Task<Listing<RunStatus>> ListAsync(string? state, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var found = db.Runs.AsQueryable();
        if (state is not null)
        {
            found = found.Where(run => run.State == state);
        }

        if (Newest.Parse(cursor) is { } last)
        {
            found = found.Where(run => run.CreatedAt < last.At || (run.CreatedAt == last.At && run.Id.CompareTo(last.Id) < 0));
        }

        var page = await FindAllAsync(db, found.OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id).Take(limit + 1), cancellationToken);
        return new Listing<RunStatus>
        {
            Items = [.. page.Take(limit).Select(one => StatusOf(one, ReportOf(one, [], null)))],
            NextCursor = page.Count > limit ? Newest.Cursor(page[limit - 1].Row.CreatedAt, page[limit - 1].Row.Id) : null,
        };
    }

    private static async Task<List<Found>> FindAllAsync(KernelForgeDb db, IQueryable<RunRow> runs, CancellationToken cancellationToken)
    {
        var found = await (
            from run in runs.AsNoTracking()
            join task in db.Tasks on run.TaskSha256 equals task.Sha256
            join evaluation in db.Evaluations on new { RunId = (Guid?)run.Id, Round = run.BestRound } equals new { evaluation.RunId, evaluation.Round } into best
            from winner in best.DefaultIfEmpty()
            select new Found(
                run,
                task.Name,
                db.Steps.Where(step => step.OwnerId == run.Id && step.State == Lifecycle.Queued).Select(step => step.Failure).FirstOrDefault(),
                winner == null ? null : winner.SolutionSha256,
                winner == null ? null : winner.SpeedupFactor,
                winner == null ? null : winner.LatencyMs))
            .ToListAsync(cancellationToken);
        return [.. found.OrderByDescending(one => one.Row.CreatedAt).ThenByDescending(one => one.Row.Id)];
    }

    /// <summary>What the Judge said after the latest round: no attempt follows it yet that would hold it.</summary>
    private static async Task<JudgeAdvice?> LastAdviceAsync(KernelForgeDb db, Guid id, List<AttemptRecord> attempts, CancellationToken cancellationToken)
    {
        if (attempts.Count == 0)
        {
            return null;
        }

        var body = await db.Events.AsNoTracking().Where(happened => happened.StreamId == id && happened.Type == "advised").OrderByDescending(happened => happened.Id)
            .Select(happened => happened.Body).FirstOrDefaultAsync(cancellationToken);
        return body is not null && JsonSerializer.Deserialize(body, ContractsJson.Default.RunEvent) is Advised advised && advised.Round == attempts[^1].Round ? advised.Advice : null;
    }

    private static RunStatus StatusOf(Found found, RunReport report) => new()
    {
        Id = found.Row.Id,
        Status = found.Row.State,
        TaskSha256 = found.Row.TaskSha256,
        Coder = found.Row.Coder,
        Judge = found.Row.Judge,
        Rounds = found.Row.Rounds,
        Platform = found.Row.Platform,
        Device = found.Row.Device,
        Failure = found.Row.Failure ?? found.Retry,
        Report = report,
        CreatedAt = found.Row.CreatedAt,
        StartedAt = found.Row.StartedAt,
        FinishedAt = found.Row.FinishedAt,
    };

    private static RunReport ReportOf(Found found, List<AttemptRecord> attempts, JudgeAdvice? lastAdvice)
    {
        var run = found.Row;
        return new RunReport
        {
            RunId = run.Id.ToString(),
            Task = found.Task,
            Strategy = run.Strategy,
            Status = run.State,
            StopReason = run.StopReason ?? (run.State is Lifecycle.Failed or Lifecycle.Cancelled ? run.State : ""),
            StopMessage = run.StopMessage ?? run.Failure,
            Fault = run.State == Lifecycle.Failed ? new EvaluatorFault { ExitCode = OurFault, Message = run.Failure ?? "" } : null,
            Rounds = [.. attempts.Select((attempt, i) => RoundOf(attempt, i + 1 < attempts.Count ? attempts[i + 1].Advice : lastAdvice, i + 1 < attempts.Count ? attempts[i + 1].AdviceOutcome : null))],
            Best = BestOf(found, attempts),
            Usage = run.StopReason is not null ? Used(run) : attempts.Aggregate(ModelUsage.None, (sum, attempt) => sum + attempt.Usage + (attempt.JudgeUsage ?? ModelUsage.None)),
        };
    }

    private static BestSolution? BestOf(Found found, List<AttemptRecord> attempts) =>
        BestAttempt.Of(attempts) is { } best ? BestAttempt.Figures(best)
        : found.BestSha256 is { } sha256 ? new BestSolution { SolutionSha256 = sha256, SpeedupFactor = found.BestSpeedup, LatencyMs = found.BestLatencyMs }
        : null;

    private static ModelUsage Used(RunRow run) =>
        new() { Calls = run.Calls, InputTokens = run.InputTokens, OutputTokens = run.OutputTokens, ReasoningTokens = run.ReasoningTokens, CostUsd = run.CostUsd };

    private static RoundReport RoundOf(AttemptRecord attempt, JudgeAdvice? advice, string? adviceOutcome) => new()
    {
        Number = attempt.Round,
        Mode = attempt.Mode,
        Parent = attempt.Parent,
        Outcome = attempt.Outcome,
        Advice = advice,
        AdviceOutcome = adviceOutcome,
        Gain = attempt.Gain,
        Model = attempt.Model,
        Code = attempt.Code,
        SolutionSha256 = attempt.Sha256,
        Reasoning = attempt.Reasoning,
        Prompt = attempt.Prompt,
        Usage = attempt.Usage,
        StartedAt = attempt.StartedAt,
        FinishedAt = attempt.FinishedAt,
    };

    private sealed record Found(RunRow Row, string Task, string? Retry, string? BestSha256, double? BestSpeedup, double? BestLatencyMs);
}
