using System.Text.Json;
using KernelForge.Api.Pages;
using KernelForge.Api.Store;
using KernelForge.Api.Store.Rows;
using KernelForge.Api.Work;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KernelForge.Api.Features.Runs;

/// <summary>Reads a run's page: every round's figures from columns, and the whole record of one page of rounds only.</summary>
internal sealed class RunPageQuery(IDbContextFactory<KernelForgeDb> rows, NpgsqlDataSource database)
{
    private const int RoundsOnPage = 10;
    private const int LatestEvents = 8;

    /// <summary>Maps <c>/runs/{id}</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/runs/{id:guid}", async (Guid id, int? before, RunPageQuery query, CancellationToken cancellationToken) =>
            await query.ReadAsync(id, before, cancellationToken) is { } view ? WebPages.Show<RunPage>(view) : WebPages.NotFound($"There is no run {id}."));

    /// <summary>The page; null: there is no such run.</summary>
    public async Task<RunPageView?> ReadAsync(Guid id, int? before, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var found = await (from one in db.Runs.AsNoTracking() join task in db.Tasks on one.TaskSha256 equals task.Sha256 where one.Id == id select new { Run = one, task.Name })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null)
        {
            return null;
        }

        var run = found.Run;
        var lines = await LinesAsync(db, id, cancellationToken);
        var details = await DetailsAsync(db, id, lines, before ?? int.MaxValue, cancellationToken);
        return new RunPageView
        {
            Id = run.Id,
            Task = found.Name,
            State = run.State,
            Strategy = run.Strategy,
            Coder = run.Coder,
            Judge = run.Judge,
            Rounds = run.Rounds,
            Platform = run.Platform,
            Device = run.Device,
            BudgetUsd = run.BudgetUsd,
            TargetSpeedup = run.TargetSpeedup,
            StopReason = run.StopReason,
            StopMessage = run.StopMessage,
            Failure = run.Failure,
            CreatedAt = run.CreatedAt,
            StartedAt = run.StartedAt,
            FinishedAt = run.FinishedAt,
            Usage = UsageOf(run, details),
            Lines = lines,
            Details = details,
            Before = details.Count > 0 && details[^1].Line.Round > 0 && lines.Any(line => line.Round < details[^1].Line.Round) ? details[^1].Line.Round : null,
            GoingOn = Lifecycle.IsFinal(run.State) ? null : await GoingOnAsync(id, lines.Count, cancellationToken),
        };
    }

    private static async Task<IReadOnlyList<RoundLine>> LinesAsync(KernelForgeDb db, Guid id, CancellationToken cancellationToken) =>
        await (from round in db.Rounds.AsNoTracking()
               where round.RunId == id
               join made in db.Evaluations on round.EvaluationId equals (Guid?)made.Id into verdicts
               from verdict in verdicts.DefaultIfEmpty()
               orderby round.Round
               select new RoundLine
               {
                   Round = round.Round,
                   Mode = round.Mode,
                   Parent = round.Parent,
                   Status = round.Status,
                   Model = round.Model,
                   Gain = round.Gain,
                   LatencyMs = verdict!.LatencyMs,
                   Kind = verdict.Kind,
                   Baseline = verdict.Baseline,
                   SpeedupFactor = verdict.SpeedupFactor,
                   SpeedOfLightMs = verdict.SpeedOfLightMs,
                   SpeedOfLightFraction = verdict.SpeedOfLightFraction,
                   FinishedAt = round.FinishedAt,
               }).ToListAsync(cancellationToken);

    private static async Task<IReadOnlyList<RoundDetails>> DetailsAsync(KernelForgeDb db, Guid id, IReadOnlyList<RoundLine> lines, int before, CancellationToken cancellationToken)
    {
        var records = await db.Rounds.AsNoTracking()
            .Where(round => round.RunId == id && round.Round < before)
            .OrderByDescending(round => round.Round)
            .Take(RoundsOnPage)
            .Select(round => round.Record)
            .ToListAsync(cancellationToken);
        var attempts = records.ConvertAll(record => JsonSerializer.Deserialize(record, ContractsJson.Default.AttemptRecord)!);
        var codes = attempts.ToDictionary(attempt => attempt.Round, attempt => attempt.Code);
        var absent = attempts.Select(attempt => attempt.Parent).OfType<int>().Where(parent => !codes.ContainsKey(parent)).Distinct().ToList();
        if (absent.Count > 0)
        {
            var parents = from round in db.Rounds
                          join solution in db.Solutions on round.SolutionSha256 equals solution.Sha256
                          where round.RunId == id && absent.Contains(round.Round)
                          select new { round.Round, solution.Code };
            foreach (var parent in await parents.AsNoTracking().ToListAsync(cancellationToken))
            {
                codes[parent.Round] = parent.Code;
            }
        }

        var figures = lines.ToDictionary(line => line.Round);
        return attempts.ConvertAll(attempt => new RoundDetails(
            figures[attempt.Round],
            attempt,
            attempt is { Code: { } code, Parent: { } parent } && codes.GetValueOrDefault(parent) is { } old ? LineDiff.Compare(old, code) : null));
    }

    private static ModelUsage UsageOf(RunRow run, IReadOnlyList<RoundDetails> details) => Lifecycle.IsFinal(run.State) && run.Calls > 0
        ? new ModelUsage
        {
            Calls = run.Calls,
            InputTokens = run.InputTokens,
            OutputTokens = run.OutputTokens,
            ReasoningTokens = run.ReasoningTokens,
            CostUsd = run.CostUsd,
        }
        : details.Aggregate(ModelUsage.None, (sum, round) => sum + round.Attempt.Usage + (round.Attempt.JudgeUsage ?? ModelUsage.None));

    private async Task<RoundGoingOn?> GoingOnAsync(Guid id, int finished, CancellationToken cancellationToken)
    {
        List<RunEvent> events = [];
        await using (var command = database.CreateCommand(
            "SELECT body FROM events WHERE stream_id = $1 AND type IN ('round_started', 'model_replied', 'evaluated', 'improved', 'advised') ORDER BY id DESC LIMIT $2"))
        {
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(LatestEvents);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                events.Insert(0, JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Default.RunEvent)!);
            }
        }

        // The Judge speaks about a finished round before the next one is announced.
        var advice = events.OfType<Advised>().LastOrDefault(advised => advised.Round == finished - 1);
        var started = events.OfType<RoundStarted>().LastOrDefault(start => start.Round >= finished);
        if (started is null)
        {
            return advice is null ? null : new RoundGoingOn(finished, advice.Advice.Mode, advice.At, ["the Judge has advised"], advice.Advice);
        }

        var steps = events.SkipWhile(happened => happened != started).Skip(1).Select(Describe).OfType<string>();
        return new RoundGoingOn(started.Round, started.Mode, started.At, [.. steps], advice?.Advice);
    }

    private static string? Describe(RunEvent happened) => happened switch
    {
        ModelReplied { Role: "coder" } replied => $"the Coder answered after {Figures.Duration(TimeSpan.FromMilliseconds(replied.DurationMs))}; its solution is being judged",
        ModelReplied replied => $"the Judge answered after {Figures.Duration(TimeSpan.FromMilliseconds(replied.DurationMs))}",
        Evaluated evaluated => $"judged in {Figures.Duration(TimeSpan.FromMilliseconds(evaluated.DurationMs))}: {Figures.Words(evaluated.Outcome.Status)}",
        _ => null,
    };
}
