using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using Spectre.Console;

namespace KernelForge.Cli.Tasks;

/// <summary><c>tasks list|show|audit|import</c>: the suite. Listing and showing read it without Python.</summary>
internal static class TasksVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings) => new("tasks", "the suite: list, show, audit")
    {
        List(surroundings),
        Show(surroundings),
        AuditVerb.Create(surroundings),
        StandIn.Create("import", "takes a folder of task files into the suite (comes later)", "tasks import is not part of this version yet"),
    };

    private static Command List(Surroundings surroundings)
    {
        var category = new Option<string?>("--category") { Description = "Only this category, such as activation", HelpName = "C" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("list", "Every task of the suite") { category, json };
        command.SetAction(async (result, _) =>
        {
            var suite = TaskSuite.Load(surroundings.Root);
            var tasks = suite.Tasks;
            if (result.GetValue(category) is { } wanted)
            {
                tasks = [.. tasks.Where(task => task.Category == wanted)];
                if (tasks.Count == 0)
                {
                    throw new CliException(ExitCodes.Usage, $"there is no category '{wanted}'; known: {string.Join(", ", suite.Tasks.Select(task => task.Category).Distinct(StringComparer.Ordinal))}");
                }
            }

            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, tasks, context => context.IReadOnlyListTaskEntry);
            }
            else
            {
                Print(surroundings.NewScreen(), tasks);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show(Surroundings surroundings)
    {
        var task = new Argument<string>("TASK") { Description = "A name, a path to a .py file, or kernelbench:L1/26" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("show", "One task: what is known of it, and its file") { task, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var file = TaskSuite.Load(surroundings.Root).Find(result.GetRequiredValue(task));
            var details = Details(file, await File.ReadAllBytesAsync(file.Path, cancellationToken));
            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, details, context => context.TaskDetails);
            }
            else
            {
                Print(surroundings.NewScreen(), details);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static TaskDetails Details(TaskFile file, byte[] bytes) => new()
    {
        Name = file.Name,
        Category = file.Entry?.Category,
        Origin = file.Entry?.Origin,
        Kernelbench = file.Entry?.Kernelbench,
        Ranked = file.Entry?.Ranked,
        Reason = file.Entry is null ? "a file outside the suite does not rank" : file.Entry.Reason,
        Presets = file.Entry?.Presets ?? [],
        Difficulty = file.Entry?.Difficulty,
        Path = file.Path,
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
        Source = Encoding.UTF8.GetString(bytes),
    };

    private static void Print(Screen screen, IReadOnlyList<TaskEntry> tasks)
    {
        screen.Table(
            ["task", "kernelbench", "presets", "difficulty", "origin"],
            tasks.Select(task => (IReadOnlyList<string?>)
            [
                Markup.Escape(task.Name),
                task.Kernelbench ?? "-",
                task.Presets.Count > 0 ? string.Join(' ', task.Presets) : "derived",
                task.Difficulty ?? "-",
                task.Origin ?? "-",
            ]),
            indent: 0);
    }

    private static void Print(Screen screen, TaskDetails task)
    {
        screen.Line($"[bold]{Markup.Escape(task.Name)}[/]");
        screen.Table(
            ["", ""],
            [
                ["file", Markup.Escape(task.Path)],
                ["sha256", task.Sha256],
                ["origin", task.Origin ?? "-"],
                ["kernelbench", task.Kernelbench ?? "-"],
                ["presets", task.Presets.Count > 0 ? string.Join(' ', task.Presets) : "derived when it is first judged"],
                ["difficulty", task.Difficulty ?? "-"],
                ["ranked", task.Ranked switch { true => "yes", false => "no", null => "not known" } + (task.Reason is null ? "" : $": {Markup.Escape(task.Reason)}")],
            ]);
        screen.Line();
        screen.Text(task.Source);
    }
}
