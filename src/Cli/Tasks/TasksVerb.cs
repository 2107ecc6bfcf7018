using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using Spectre.Console;
using static System.FormattableString;

namespace KernelForge.Cli.Tasks;

/// <summary><c>tasks list|show|audit|import</c>: the suite. Listing and showing read it without Python.</summary>
internal static class TasksVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings) => new("tasks", "the suite: list, show, audit, import")
    {
        List(surroundings),
        Show(surroundings),
        AuditVerb.Create(surroundings),
        ImportVerb.Create(surroundings),
    };

    private static Command List(Surroundings surroundings)
    {
        var category = new Option<string?>("--category") { Description = "Only this category, such as activation", HelpName = "C" };
        var level = new Option<string?>("--level") { Description = "Only this level of KernelBench: 1, 2, 3", HelpName = "L" };
        var verdict = new Option<string?>("--verdict") { Description = "Only ranked, unranked or unaudited tasks", HelpName = "V" };
        var precision = new Option<string?>("--precision") { Description = "Only tasks whose operations have this precision, such as float32", HelpName = "P" };
        var origin = new Option<string?>("--origin") { Description = "Only tasks from kernelbench, multikernelbench, kernelforge or imported", HelpName = "O" };
        var difficulty = new Option<string?>("--difficulty") { Description = "Only easy, medium or hard tasks", HelpName = "D" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("list", "Every task of the suite, and what was imported") { category, level, verdict, precision, origin, difficulty, json };
        command.SetAction(async (result, _) =>
        {
            var wanted = new TaskTraits
            {
                Category = result.GetValue(category),
                Level = result.GetValue(level),
                Verdict = result.GetValue(verdict),
                Precision = result.GetValue(precision),
                Origin = result.GetValue(origin),
                Difficulty = result.GetValue(difficulty),
            };
            var tasks = Wanted(wanted, TaskSuite.Load(surroundings.Root, surroundings.Home).Tasks, surroundings);
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

    private static IReadOnlyList<TaskEntry> Wanted(TaskTraits wanted, IReadOnlyList<TaskEntry> tasks, Surroundings surroundings)
    {
        if (!wanted.Any)
        {
            return tasks;
        }

        // The costs of a whole suite are long; they are read only when somebody asks.
        var facts = wanted.Precision is null ? SuiteFacts.None : SuiteFacts.Load(surroundings.Root, surroundings.Home);
        var traits = tasks.Select(task => TaskTraits.Of(task.Category, task.Kernelbench, task.Ranked, facts.Cost(task.Name, task.Sha256!)?.Precision, task.Origin, task.Difficulty)).ToList();
        return wanted.Unknown(traits) is { } unknown
            ? throw new CliException(ExitCodes.Usage, unknown)
            : [.. tasks.Zip(traits).Where(pair => wanted.Admits(pair.Second)).Select(pair => pair.First)];
    }

    private static Command Show(Surroundings surroundings)
    {
        var task = new Argument<string>("TASK") { Description = "A name, a path to a .py file, or kernelbench:L1/26" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("show", "One task: what is known of it, and its file") { task, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var file = TaskSuite.Load(surroundings.Root, surroundings.Home).Find(result.GetRequiredValue(task));
            var details = Details(file, await File.ReadAllBytesAsync(file.Path, cancellationToken), SuiteFacts.Load(surroundings.Root, surroundings.Home));
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

    private static TaskDetails Details(TaskFile file, byte[] bytes, SuiteFacts facts)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return new()
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
            Sha256 = sha256,
            Evidence = facts.Evidence(file.Name, sha256),
            SpeedOfLight = facts.Cost(file.Name, sha256),
            Source = Encoding.UTF8.GetString(bytes),
        };
    }

    private static void Print(Screen screen, IReadOnlyList<TaskEntry> tasks)
    {
        screen.Table(
            ["task", "kernelbench", "presets", "difficulty", "origin", "ranked"],
            tasks.Select(task => (IReadOnlyList<string?>)
            [
                Markup.Escape(task.Name),
                task.Kernelbench ?? "-",
                task.Presets.Count > 0 ? string.Join(' ', task.Presets) : "derived",
                task.Difficulty ?? "-",
                task.Origin ?? "-",
                task.Ranked switch { true => "yes", false => "no", null => "-" },
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
        if (task.SpeedOfLight is { } cost)
        {
            screen.Line();
            screen.Line(Invariant($"[bold]speed of light[/]  {cost.SpeedOfLightMs:G4} ms on {cost.Device} at full, limited by {cost.Limiter}; eager PyTorch, modelled: {(cost.TorchEagerIsLowerBound ? "at least " : "")}{cost.TorchEagerModelledMs:G4} ms"));
            screen.Table(["tensor", "compulsory bytes"], cost.BytesByTensor.OrderByDescending(pair => pair.Value).Select(pair => (IReadOnlyList<string?>)[Markup.Escape(pair.Key), Invariant($"{pair.Value:N0}")]));
            screen.Table(
                ["operator", "runs", "operations needed", "bytes moved by eager"],
                cost.Operators.Select(step => (IReadOnlyList<string?>)[step.Name, Invariant($"{step.Count:N0}"), Invariant($"{step.Count * step.Operations:G4}"), Invariant($"{step.Count * step.Bytes:N0}")]));
            foreach (var note in cost.Notes)
            {
                screen.Line("  " + Markup.Escape(note));
            }
        }

        if (task.Evidence.Count > 0)
        {
            screen.Line();
            screen.Line("[bold]audit[/]");
            AuditVerb.Print(screen, task.Evidence);
        }

        screen.Line();
        screen.Text(task.Source);
    }
}
