using System.CommandLine;
using System.Globalization;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Service;

/// <summary><c>worker</c>: more hands for the same database, without a web server.</summary>
internal static class WorkerVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var platforms = new Option<string>("--platforms") { Description = "Platforms that it serves, comma between several; default: sim", HelpName = "P,…", DefaultValueFactory = _ => "sim" };
        var workers = ServiceOptions.Workers(lowest: 1);
        platforms.Validators.Add(result =>
        {
            foreach (var other in result.Tokens.SelectMany(token => token.Value.Split(',')).Where(name => name != "sim"))
            {
                result.AddError($"--platforms: '{other}' is not part of this version; known: sim");
            }
        });
        var command = new Command("worker", "A worker that joins the same database, until it is interrupted") { platforms, workers };
        command.SetAction(async (result, cancellationToken) =>
        {
            var served = result.GetRequiredValue(platforms).Split(',').Distinct(StringComparer.Ordinal).ToList();
            var slots = result.GetValue(workers) ?? ServiceOptions.DefaultWorkers;
            await using var service = await LocalService.StartAsync(surroundings, urls: null, slots, served, cancellationToken);
            await surroundings.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"kernelforge: ready after {LocalService.SinceStart(surroundings.Time).TotalSeconds:0.0} s: {slots} at once on {string.Join(", ", served)}; Ctrl-C stops it"));
            await service.RunAsync(cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
