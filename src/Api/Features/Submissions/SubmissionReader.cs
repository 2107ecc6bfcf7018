using System.Text.Json;
using KernelForge.Api.Rest;
using KernelForge.Api.Store;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Submissions;

/// <summary>Submissions with their verdicts, from the rows.</summary>
internal sealed class SubmissionReader(IDbContextFactory<KernelForgeDb> rows)
{
    /// <summary>One; null where there is none of that id.</summary>
    public async Task<SubmissionStatus?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        return (await StatusesAsync(db, db.Submissions.Where(submission => submission.Id == id), cancellationToken)).FirstOrDefault();
    }

    /// <summary>A page of them, the newest first.</summary>
    public async Task<Listing<SubmissionStatus>> ListAsync(string? state, int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var found = db.Submissions.AsQueryable();
        if (state is not null)
        {
            found = found.Where(submission => submission.State == state);
        }

        if (Newest.Parse(cursor) is { } last)
        {
            found = found.Where(submission => submission.CreatedAt < last.At || (submission.CreatedAt == last.At && submission.Id.CompareTo(last.Id) < 0));
        }

        var page = await StatusesAsync(db, found.OrderByDescending(submission => submission.CreatedAt).ThenByDescending(submission => submission.Id).Take(limit + 1), cancellationToken);
        return new Listing<SubmissionStatus>
        {
            Items = [.. page.Take(limit)],
            NextCursor = page.Count > limit ? Newest.Cursor(page[limit - 1].CreatedAt, page[limit - 1].Id) : null,
        };
    }

    private static async Task<List<SubmissionStatus>> StatusesAsync(KernelForgeDb db, IQueryable<Store.Rows.SubmissionRow> found, CancellationToken cancellationToken)
    {
        var page = await (
            from submission in found.AsNoTracking()
            join task in db.Tasks on submission.TaskSha256 equals task.Sha256
            join evaluation in db.Evaluations on submission.Id equals evaluation.SubmissionId into verdicts
            from verdict in verdicts.DefaultIfEmpty()
            select new
            {
                Row = submission,
                Task = task.Name,
                Outcome = verdict == null ? null : verdict.Outcome,
                Retry = db.Steps.Where(step => step.OwnerId == submission.Id && step.State == Lifecycle.Queued).Select(step => step.Failure).FirstOrDefault(),
                VerifiedAt = db.Rankable
                    .Where(rankable => verdict != null && rankable.SolutionSha256 == submission.SolutionSha256 && rankable.TaskSha256 == submission.TaskSha256 && rankable.EnvironmentId == verdict.EnvironmentId)
                    .Select(rankable => (DateTimeOffset?)rankable.VerifiedAt).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. page
                .OrderByDescending(one => one.Row.CreatedAt).ThenByDescending(one => one.Row.Id)
                .Select(one => new SubmissionStatus
                {
                    Id = one.Row.Id,
                    Status = one.Row.State,
                    Task = one.Task,
                    TaskSha256 = one.Row.TaskSha256,
                    SolutionSha256 = one.Row.SolutionSha256,
                    Platform = one.Row.Platform,
                    Device = one.Row.Device,
                    Preset = one.Row.Preset,
                    Origin = one.Row.Origin,
                    Failure = one.Row.Failure ?? one.Retry,
                    Outcome = one.Outcome is null ? null : JsonSerializer.Deserialize(one.Outcome, ContractsJson.Default.EvaluationOutcome),
                    VerifiedAt = one.Row.Preset is null ? one.VerifiedAt : null,
                    CreatedAt = one.Row.CreatedAt,
                    StartedAt = one.Row.StartedAt,
                    FinishedAt = one.Row.FinishedAt,
                }),
        ];
    }
}
