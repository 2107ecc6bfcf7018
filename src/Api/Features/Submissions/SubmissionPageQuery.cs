using System.Text.Json;
using KernelForge.Api.Pages;
using KernelForge.Api.Store;
using KernelForge.Contracts.Json;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Submissions;

/// <summary>Reads a submission's page.</summary>
internal sealed class SubmissionPageQuery(IDbContextFactory<KernelForgeDb> rows)
{
    /// <summary>Maps <c>/submissions/{id}</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/submissions/{id:guid}", async (Guid id, SubmissionPageQuery query, CancellationToken cancellationToken) =>
            await query.ReadAsync(id, cancellationToken) is { } view ? WebPages.Show<SubmissionPage>(view) : WebPages.NotFound($"There is no submission {id}."));

    /// <summary>The page; null: there is no such submission.</summary>
    public async Task<SubmissionPageView?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var found = await (from row in db.Submissions.AsNoTracking()
                           where row.Id == id
                           join task in db.Tasks on row.TaskSha256 equals task.Sha256
                           select new { Row = row, task.Name }).SingleOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return null;
        }

        var step = await db.Steps.AsNoTracking().Where(row => row.OwnerId == id).OrderByDescending(row => row.Number).FirstOrDefaultAsync(cancellationToken);
        var outcome = await db.Evaluations.Where(row => row.SubmissionId == id).Select(row => row.Outcome).SingleOrDefaultAsync(cancellationToken);
        return new SubmissionPageView
        {
            Id = id,
            Task = found.Name,
            SolutionSha256 = found.Row.SolutionSha256,
            State = found.Row.State,
            Origin = found.Row.Origin,
            Platform = found.Row.Platform,
            Device = found.Row.Device,
            Preset = found.Row.Preset,
            Model = found.Row.Model,
            Strategy = found.Row.Strategy,
            Failure = found.Row.Failure ?? step?.Failure,
            Tries = step?.Tries ?? 0,
            Worker = step?.Worker,
            CreatedAt = found.Row.CreatedAt,
            StartedAt = found.Row.StartedAt,
            FinishedAt = found.Row.FinishedAt,
            Outcome = outcome is null ? null : JsonSerializer.Deserialize(outcome, ContractsJson.Default.EvaluationOutcome),
        };
    }
}
