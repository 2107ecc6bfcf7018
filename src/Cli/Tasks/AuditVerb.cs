using System.CommandLine;
using System.Security.Cryptography;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;
using Spectre.Console;

namespace KernelForge.Cli.Tasks;

/// <summary><c>tasks audit</c>: whether cheap fakes fail each task. What was audited before is not audited again while file and rules are the same.</summary>
internal static class AuditVerb
{
    private const int SaveEvery = 20;

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var names = new Argument<string[]>("TASK") { Description = "Names or paths to .py files; none: the whole suite", Arity = ArgumentArity.ZeroOrMore };
        var again = new Option<bool>("--again") { Description = "Audit also what has not changed" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command(
            "audit",
            "Whether a solution that does less than a task asks for can be told from one that does it. Verdicts of the suite go to bench-tasks/audit.json, with each task's speed of light, and into CATALOG.md") { names, again, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var suite = TaskSuite.Load(surroundings.Root);
            var records = SuiteRecords.Load(surroundings.Root);
            var wanted = result.GetValue(names) ?? [];
            IReadOnlyList<TaskFile> files = wanted.Length > 0 ? [.. wanted.Select(suite.Find)] : [.. suite.Tasks.Select(suite.FileOf)];
            var failures = new List<(TaskFile File, EvaluatorFault Fault)>();
            var verdicts = await AuditAsync(files, suite, records, result.GetValue(again), failures, surroundings, cancellationToken);
            if (wanted.Length == 0 || verdicts.Any(verdict => verdict.IsNew))
            {
                Catalogue.Write(surroundings.Root, TaskSuite.Load(surroundings.Root), records);
            }

            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, [.. verdicts.Select(verdict => verdict.Shown)], context => context.IReadOnlyListTaskVerdict);
            }
            else
            {
                Print(surroundings.NewScreen(), verdicts, detailed: wanted.Length > 0);
            }

            // One task that could not be audited does not cost the others their verdicts.
            return failures.Count == 0
                ? ExitCodes.Done
                : throw new CliException(failures[0].Fault.ExitCode, $"{failures.Count} of {files.Count} tasks could not be audited: {string.Join("; ", failures.Select(failure => $"{failure.File.Name}: {failure.Fault.Message}"))}");
        });
        return command;
    }

    private static async Task<IReadOnlyList<Verdict>> AuditAsync(
        IReadOnlyList<TaskFile> files, TaskSuite suite, SuiteRecords records, bool again, List<(TaskFile File, EvaluatorFault Fault)> failures, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var verdicts = new Verdict?[files.Count];
        var waiting = new List<int>();
        for (var at = 0; at < files.Count; at++)
        {
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(files[at].Path, cancellationToken)));
            var known = again || records.Cost(files[at].Name, sha256) is null ? null : records.Audit(files[at].Name, sha256);
            verdicts[at] = known is null ? null : new Verdict(TaskVerdict.Of(known), IsNew: false);
            if (known is null)
            {
                waiting.Add(at);
            }
        }

        var done = 0;
        using var gate = new SemaphoreSlim(1, 1);
        await Parallel.ForEachAsync(waiting, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken }, async (at, token) =>
        {
            var file = files[at];
            var reply = await surroundings.Survey(new SurveyRequest { TaskPath = file.Path, TaskName = file.Name, Home = surroundings.Home, Toolbox = surroundings.Toolbox }, token);
            await gate.WaitAsync(token);
            try
            {
                done++;
                verdicts[at] = VerdictOf(file, reply, records);
                if (verdicts[at] is null)
                {
                    failures.Add((file, reply.Fault!));
                }

                var word = verdicts[at] is not { } verdict ? "failed" : verdict.Shown.Ranked ? "ranks" : "does not rank";
                await surroundings.Error.WriteLineAsync($"audited {done} of {waiting.Count}: {file.Name}: {word}");
                if (done % SaveEvery == 0 || done == waiting.Count)
                {
                    records.Save(suite);
                }
            }
            finally
            {
                gate.Release();
            }
        });
        return [.. verdicts.OfType<Verdict>()];
    }

    private static Verdict? VerdictOf(TaskFile file, SurveyReply reply, SuiteRecords records)
    {
        if (reply.Survey is { } survey)
        {
            // A file outside the suite is told its verdict, and nothing is kept.
            var record = file.Entry is null ? SuiteRecords.Of(survey) : records.Keep(survey);
            return new Verdict(TaskVerdict.Of(record), IsNew: file.Entry is not null);
        }

        var fault = reply.Fault!;
        return fault.ExitCode == ExitCodes.BadInput
            ? new Verdict(new TaskVerdict { Name = file.Name, Ranked = false, Reason = fault.Message, Evidence = [] }, IsNew: false)
            : null;
    }

    private static void Print(Screen screen, IReadOnlyList<Verdict> verdicts, bool detailed)
    {
        if (detailed)
        {
            foreach (var verdict in verdicts)
            {
                screen.Line($"[bold]{Markup.Escape(verdict.Shown.Name)}[/]: {(verdict.Shown.Ranked ? "ranks" : "does not rank")}");
                if (verdict.Shown.Evidence.Count == 0 && verdict.Shown.Reason is { } reason)
                {
                    screen.Line("  " + Markup.Escape(reason));
                }

                screen.Table(["check", "", "found", "rule", "where"], verdict.Shown.Evidence.Select(e => (IReadOnlyList<string?>)[e.Check, e.Flaw ? "flaw" : "", Markup.Escape(e.Detail), e.Rule, Markup.Escape(e.Where ?? "")]));
            }

            return;
        }

        screen.Table(["task", "ranked", "why not"], verdicts.Select(verdict => (IReadOnlyList<string?>)[Markup.Escape(verdict.Shown.Name), verdict.Shown.Ranked ? "yes" : "no", Markup.Escape(verdict.Shown.Reason ?? "")]), indent: 0);
        screen.Line();
        screen.Line($"{verdicts.Count(verdict => verdict.Shown.Ranked)} of {verdicts.Count} tasks rank");
    }

    private sealed record Verdict(TaskVerdict Shown, bool IsNew);
}
