using System.CommandLine;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Benchmarks;
using Spectre.Console;

namespace KernelForge.Cli.Bench;

/// <summary><c>bench NAME</c>: one benchmark with its goals.</summary>
internal static class BenchVerb
{
    private static readonly string[] Later = ["strategies", "dataset"];

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var name = new Argument<string>("NAME") { Description = "simulator, evaluation or service" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        name.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("simulator" or "evaluation" or "service") and var other }])
            {
                result.AddError(Later.Contains(other) ? $"bench {other} comes later" : $"there is no benchmark '{other}'; known: simulator, evaluation, service");
            }
        });
        var command = new Command("bench", "One benchmark with its goals") { name, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var report = result.GetRequiredValue(name) switch
            {
                "simulator" => await SimulatorBench.RunAsync(surroundings.Setting("KERNELFORGE_OPENCL"), cancellationToken),
                "evaluation" => await new EvaluationBench(surroundings).RunAsync(cancellationToken),
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
            ["figure", ">value", "unit", ">goal", "met"],
            report.Figures.Select(figure => (IReadOnlyList<string?>)
            [
                Markup.Escape(figure.Name), Figures.Significant(figure.Value), Markup.Escape(figure.Unit), figure.Goal is { } goal ? Figures.Significant(goal) : "-",
                figure.Met switch { true => "[green]yes[/]", false => "[red]no[/]", null => "-" },
            ]));
    }
}
