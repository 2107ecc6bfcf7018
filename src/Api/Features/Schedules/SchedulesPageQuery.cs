using System.Text.Json;
using KernelForge.Api.Pages;
using KernelForge.Api.Store;
using Microsoft.EntityFrameworkCore;

namespace KernelForge.Api.Features.Schedules;

/// <summary>Reads the schedules' page.</summary>
internal sealed class SchedulesPageQuery(IDbContextFactory<KernelForgeDb> rows)
{
    private const int MostSchedules = 100;
    private const int ChecksEach = 20;

    /// <summary>Maps <c>/schedules</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/schedules", async (SchedulesPageQuery query, CancellationToken cancellationToken) => WebPages.Show<SchedulesPage>(await query.ReadAsync(cancellationToken)));

    /// <summary>The page: each schedule's latest checks come by the index on (schedule_id, created_at).</summary>
    public async Task<SchedulesPageView> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var schedules = await db.Schedules.AsNoTracking().Where(row => row.DeletedAt == null).OrderBy(row => row.Name).Take(MostSchedules).ToListAsync(cancellationToken);
        List<CheckLine> checks = [];
        List<ScheduleLine> lines = [];
        foreach (var schedule in schedules)
        {
            var latest = await (from check in db.ScheduleChecks.AsNoTracking().Where(row => row.ScheduleId == schedule.Id).OrderByDescending(row => row.CreatedAt).Take(ChecksEach)
                                join old in db.Evaluations on check.OldEvaluationId equals old.Id
                                join task in db.Tasks on old.TaskSha256 equals task.Sha256
                                orderby check.CreatedAt descending
                                select new CheckLine
                                {
                                    Id = check.Id,
                                    Schedule = schedule.Name,
                                    Task = task.Name,
                                    SolutionSha256 = old.SolutionSha256,
                                    SubmissionId = check.SubmissionId,
                                    Verdict = check.Verdict,
                                    OldLatencyMs = check.OldLatencyMs,
                                    NewLatencyMs = check.NewLatencyMs,
                                    Kind = old.Kind,
                                    Message = check.Message,
                                    CreatedAt = check.CreatedAt,
                                }).ToListAsync(cancellationToken);
            checks.AddRange(latest);
            lines.Add(new ScheduleLine
            {
                Id = schedule.Id,
                Name = schedule.Name,
                Cron = schedule.Cron,
                Filter = Describe(schedule.Filter),
                Tolerance = schedule.Tolerance,
                LastAt = latest.Count > 0 ? latest[0].CreatedAt : null,
                Regressions = latest.Count(check => check.Verdict is "slower" or "broken" or "failed"),
            });
        }

        return new SchedulesPageView(lines, [.. checks.OrderByDescending(check => check.CreatedAt).Take(50)]);
    }

    private static string Describe(string filter)
    {
        using var document = JsonDocument.Parse(filter);
        var parts = document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.EnumerateObject().Where(part => part.Value.ValueKind != JsonValueKind.Null).Select(part => $"{Figures.Words(part.Name)} {part.Value}")
            : [filter];
        return string.Join(", ", parts) is { Length: > 0 } words ? words : "every winner";
    }
}
