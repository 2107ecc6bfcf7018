using System.CommandLine;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Tasks;
using Spectre.Console;

namespace KernelForge.Cli.Tasks;

/// <summary><c>tasks audit</c>: whether cheap fakes fail each task.</summary>
internal static class AuditVerb
{
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
            var suite = TaskSuite.Load(surroundings.Root, surroundings.Home);
            var audits = new TaskAudits(surroundings, suite);
            var wanted = result.GetValue(names) ?? [];
            IReadOnlyList<TaskFile> files = wanted.Length > 0
                ? [.. wanted.Select(suite.Find)]
                : [.. suite.Tasks.Where(task => !ImportedTasks.Owns(task.Name)).Select(suite.FileOf)];
            var found = await audits.RunAsync(files, result.GetValue(again), cancellationToken);
            if (wanted.Length == 0 || found.Any(task => task.IsNew && !ImportedTasks.Owns(task.Verdict.Name)))
            {
                Catalogue.Write(surroundings.Root, TaskSuite.Load(surroundings.Root), audits.Own);
            }

            IReadOnlyList<TaskVerdict> verdicts = [.. found.Where(task => task.Fault is null).Select(task => task.Verdict)];
            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, verdicts, context => context.IReadOnlyListTaskVerdict);
            }
            else
            {
                Print(surroundings.NewScreen(), verdicts, detailed: wanted.Length > 0);
            }

            TaskAudits.Require(found);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(Screen screen, IReadOnlyList<TaskVerdict> verdicts, bool detailed)
    {
        if (detailed)
        {
            foreach (var verdict in verdicts)
            {
                screen.Line($"[bold]{Markup.Escape(verdict.Name)}[/]: {(verdict.Ranked ? "ranks" : "does not rank")}");
                if (verdict.Evidence.Count == 0 && verdict.Reason is { } reason)
                {
                    screen.Line("  " + Markup.Escape(reason));
                }

                if (verdict.Evidence.Count > 0)
                {
                    Print(screen, verdict.Evidence);
                }
            }

            return;
        }

        screen.Table(["task", "ranked", "why not"], verdicts.Select(verdict => (IReadOnlyList<string?>)[Markup.Escape(verdict.Name), verdict.Ranked ? "yes" : "no", Markup.Escape(verdict.Reason ?? "")]), indent: 0);
        screen.Line();
        screen.Line($"{verdicts.Count(verdict => verdict.Ranked)} of {verdicts.Count} tasks rank");
    }

    /// <summary>A table of what an audit looked at.</summary>
    public static void Print(Screen screen, IReadOnlyList<AuditEvidence> evidence) =>
        screen.Table(["check", "", "found", "rule", "where"], evidence.Select(e => (IReadOnlyList<string?>)[e.Check, e.Flaw ? "flaw" : "", Markup.Escape(e.Detail), e.Rule, Markup.Escape(e.Where ?? "")]));
}
