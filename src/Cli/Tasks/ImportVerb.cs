using System.CommandLine;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using Spectre.Console;

namespace KernelForge.Cli.Tasks;

/// <summary><c>tasks import</c>: the tasks of a KernelBench or MultiKernelBench checkout beside our own.</summary>
internal static class ImportVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var folder = new Argument<string>("DIR") { Description = "A checkout of KernelBench or MultiKernelBench, or one level or category of it" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be taken" };
        var again = new Option<bool>("--again") { Description = "Audit also what has not changed" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("import", "Takes the tasks of another suite as they are into the data folder, as imported/CATEGORY/NAME, audits them, and says which cannot run and why") { folder, dryRun, again, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var foreign = ForeignSuite.Read(result.GetRequiredValue(folder));
            var import = new TaskImport(surroundings);
            var (report, audits) = result.GetValue(dryRun) ? (import.Plan(foreign), []) : await import.RunAsync(foreign, result.GetValue(again), cancellationToken);
            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, report, context => context.ImportReport);
            }
            else
            {
                Print(surroundings.NewScreen(), report);
            }

            TaskAudits.Require(audits);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(Screen screen, ImportReport report)
    {
        screen.Table(
            ["task", "kernelbench", "ours", "change", report.DryRun ? "" : "verdict", "why not"],
            report.Tasks.Select(task => (IReadOnlyList<string?>)
            [
                Markup.Escape(task.Name),
                task.Kernelbench ?? "-",
                task.Ours ?? "-",
                task.Change,
                task.Verdict switch { "ranked" => "ranks", "unranked" => "does not rank", "cannot_run" => "cannot run", "not_audited" => "was not audited", _ => "" },
                Markup.Escape(task.Verdict == "cannot_run" ? $"{task.File}: {task.Reason}" : task.Reason ?? ""),
            ]),
            indent: 0);
        screen.Line();
        foreach (var file in report.Left)
        {
            screen.Line($"left out: {Markup.Escape($"{file.File}: {file.Reason}")}");
        }

        foreach (var name in report.Gone)
        {
            screen.Line($"gone from the folder, and kept: {Markup.Escape(name)}");
        }

        var changes = $"{report.Tasks.Count} tasks: {Count("new")} new, {Count("changed")} changed, {Count("same")} as before";
        screen.Line(report.DryRun
            ? $"{changes}; nothing was taken (--dry-run)"
            : $"{changes}; {Judged("ranked")} rank, {Judged("unranked")} do not, {Judged("cannot_run")} cannot run{(Judged("not_audited") is > 0 and var failed ? $", {failed} were not audited" : "")}");

        int Count(string change) => report.Tasks.Count(task => task.Change == change);
        int Judged(string verdict) => report.Tasks.Count(task => task.Verdict == verdict);
    }
}
