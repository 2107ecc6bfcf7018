using System.CommandLine;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Benchmarks;
using Spectre.Console;

namespace KernelForge.Cli.Bench;

/// <summary><c>bench NAME</c>: one benchmark with its goals.</summary>
internal static class BenchVerb
{
    private static readonly string[] Later = ["dataset"];

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var name = new Argument<string>("NAME") { Description = "simulator, evaluation, service or strategies" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("simulator" or "evaluation" or "service" or "strategies") and var other }])
            {
                result.AddError(Later.Contains(other) ? $"bench {other} comes later" : $"there is no benchmark '{other}'; known: simulator, evaluation, service, strategies");
            }
        });
        var compare = new Option<string>("--compare") { Description = "strategies: what to compare, the first one being what the others are set against: STRATEGY[/JUDGE][@CODER],…", HelpName = "C,…", DefaultValueFactory = _ => StrategiesBench.DefaultConfigurations };
        var tasks = new Option<int>("--tasks") { Description = "strategies: over how many tasks", HelpName = "N", DefaultValueFactory = _ => 30 };
        var samples = new Option<int>("--samples") { Description = "strategies: runs of each task", HelpName = "N", DefaultValueFactory = _ => 2 };
        var rounds = new Option<int>("--rounds") { Description = "strategies: most rounds of a run, and most calls of its Coder", HelpName = "N", DefaultValueFactory = _ => 6 };
        tasks.Validators.Add(result => OptionChecks.InRange(result, "--tasks", 1, 300));
        samples.Validators.Add(result => OptionChecks.InRange(result, "--samples", 1, 100));
        rounds.Validators.Add(result => OptionChecks.InRange(result, "--rounds", 1, 1000));
        var command = new Command("bench", "One benchmark with its goals") { name, compare, tasks, samples, rounds, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var report = result.GetRequiredValue(name) switch
            {
                "simulator" => await SimulatorBench.RunAsync(surroundings.Setting("KERNELFORGE_OPENCL"), cancellationToken),
                "evaluation" => await new EvaluationBench(surroundings).RunAsync(cancellationToken),
                "strategies" => await new StrategiesBench(surroundings).RunAsync(
                    result.GetRequiredValue(compare), result.GetValue(tasks), result.GetValue(samples), result.GetValue(rounds), cancellationToken),
                _ => await new ServiceBench(surroundings).RunAsync(cancellationToken),
            };
            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, report, context => context.BenchReport);
            }
            else
            {
                Print(surroundings.NewScreen(), report);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(Screen screen, BenchReport report)
    {
        screen.Line($"[bold]{Markup.Escape(report.Name)}[/] on {Markup.Escape(report.Machine)}");
        screen.Table(
            ["figure", ">value", ">95 %", "unit", ">goal", "met"],
            report.Figures.Select(figure => (IReadOnlyList<string?>)
            [
                Markup.Escape(figure.Name), Figures.Significant(figure.Value),
                figure.Interval is [var low, var high] ? $"{Figures.Significant(low)} – {Figures.Significant(high)}" : "", Markup.Escape(figure.Unit), figure.Goal is { } goal ? Figures.Significant(goal) : "-",
                figure.Met switch { true => "[green]yes[/]", false => "[red]no[/]", null => "-" },
            ]));
    }
}
