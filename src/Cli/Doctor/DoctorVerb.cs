using System.CommandLine;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using Spectre.Console;

namespace KernelForge.Cli.Doctor;

/// <summary><c>doctor</c>: what works here, what does not, and how to get it.</summary>
internal static class DoctorVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = new Command("doctor", "What works here, what does not, and how to get it") { json };
        command.SetAction(async (result, cancellationToken) =>
        {
            var report = await new Examination(surroundings).RunAsync(cancellationToken);
            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, report, context => context.DoctorReport);
            }
            else
            {
                Print(surroundings.NewScreen(), report);
            }

            return report.Ready ? ExitCodes.Done : ExitCodes.Missing;
        });
        return command;
    }

    private static void Print(Screen screen, DoctorReport report)
    {
        foreach (var check in report.Checks)
        {
            var colour = check.State switch { "ok" => "green", "missing" => "red", _ => "yellow" };
            screen.Line($"[{colour}]{check.State,-8}[/] {check.Name,-10} {Markup.Escape(check.Found)}");
            if (check.How is { } how)
            {
                screen.Text(how, indent: 20);
            }
        }

        screen.Line();
        screen.Line(report.Ready ? "Everything that this version's verbs need works here." : "Something that this version's verbs need is missing: see above.");
    }
}
