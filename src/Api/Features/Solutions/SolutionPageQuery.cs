using System.Text.Json;
using KernelForge.Api.Pages;
using KernelForge.Api.Store;
using KernelForge.Contracts.Json;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Solutions;

/// <summary>Reads a solution's page. One verdict is read whole, the others by their figures.</summary>
internal sealed class SolutionPageQuery(IDbContextFactory<KernelForgeDb> rows)
{
    /// <summary>Maps <c>/solutions/{sha256}</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/solutions/{sha256}", async (string sha256, SolutionPageQuery query, CancellationToken cancellationToken) =>
            await query.ReadAsync(sha256, cancellationToken) is { } view ? WebPages.Show<SolutionPage>(view) : WebPages.NotFound($"There is no solution with the hash {sha256}."));

    /// <summary>The page; null: there is no such solution.</summary>
    public async Task<SolutionPageView?> ReadAsync(string sha256, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var solution = await db.Solutions.AsNoTracking().SingleOrDefaultAsync(row => row.Sha256 == sha256, cancellationToken);
        if (solution is null)
        {
            return null;
        }

        var verdicts = await (from verdict in db.Evaluations.AsNoTracking()
                              where verdict.SolutionSha256 == sha256
                              join task in db.Tasks on verdict.TaskSha256 equals task.Sha256
                              join environment in db.Environments on verdict.EnvironmentId equals environment.Id
                              orderby verdict.CreatedAt descending
                              select new VerdictLine
                              {
                                  Id = verdict.Id,
                                  Task = task.Name,
                                  Origin = verdict.Origin,
                                  RunId = verdict.RunId,
                                  Round = verdict.Round,
                                  SubmissionId = verdict.SubmissionId,
                                  Model = verdict.Model,
                                  Strategy = verdict.Strategy,
                                  Status = verdict.Status,
                                  Platform = environment.Platform,
                                  Device = environment.Device,
                                  Kind = verdict.Kind,
                                  Precision = verdict.Precision,
                                  LatencyMs = verdict.LatencyMs,
                                  Baseline = verdict.Baseline,
                                  SpeedupFactor = verdict.SpeedupFactor,
                                  SpeedOfLightFraction = verdict.SpeedOfLightFraction,
                                  CreatedAt = verdict.CreatedAt,
                              }).Take(SolutionPageView.MostVerdicts).ToListAsync(cancellationToken);
        var shown = verdicts.FirstOrDefault(verdict => verdict.LatencyMs is not null) ?? verdicts.FirstOrDefault();
        var outcome = shown is null ? null : await db.Evaluations.Where(verdict => verdict.Id == shown.Id).Select(verdict => verdict.Outcome).SingleAsync(cancellationToken);
        return new SolutionPageView
        {
            Sha256 = solution.Sha256,
            Code = solution.Code,
            CreatedAt = solution.CreatedAt,
            Verdicts = verdicts,
            Outcome = outcome is null ? null : JsonSerializer.Deserialize(outcome, ContractsJson.Default.EvaluationOutcome),
        };
    }
}
