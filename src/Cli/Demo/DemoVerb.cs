using System.CommandLine;
using KernelForge.Cli.Service;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Demo;

/// <summary><c>demo</c>: the main job end to end through the service, with recorded answers.</summary>
internal static class DemoVerb
{
    /// <summary>Two rounds at once keep two cores busy; more would only make each slower.</summary>
    private const int Workers = 2;

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var serve = new Option<bool>("--serve") { Description = "Leave the service up in the foreground" };
        var command = new Command("demo", "The main job end to end on this machine, with recorded model answers: no GPU, no key") { serve };
        command.SetAction(async (result, cancellationToken) =>
        {
            var screen = surroundings.NewScreen();
            screen.Line("A Coder writes CUDA kernels, an evaluator judges them, a Judge advises. Here the models' answers are recorded ones;");
            screen.Line("every verdict and every modelled time is made now, on this machine, by the service that ./kernelforge serve starts.");
            await using var service = await ServiceAsync(result.GetValue(serve), surroundings, cancellationToken);
            screen.Line($"service: {service.Client.Address}{(service.IsOwn ? " (started for this demo)" : " (it was up)")}");
            DemoRun demo = new(service.Client, screen, surroundings);
            var shortfalls = await demo.RunAsync(cancellationToken);
            foreach (var shortfall in shortfalls)
            {
                await surroundings.Error.WriteLineAsync($"kernelforge: demo: {shortfall}");
            }

            if (result.GetValue(serve) && service.IsOwn)
            {
                screen.Line($"pages: {service.Client.Page("leaderboard")} (Ctrl-C stops the service)");
                await service.RunAsync(cancellationToken);
            }
            else
            {
                screen.Line(service.IsOwn
                    ? $"pages: {ServeVerb.DefaultUrl}/leaderboard after ./kernelforge serve"
                    : $"pages: {service.Client.Page("leaderboard")} (./kernelforge serve is up)");
            }

            return shortfalls.Count == 0 ? ExitCodes.Done : ExitCodes.Fault;
        });
        return command;
    }

    /// <summary>The service that is up, or one in this process: where <c>serve</c> would be if it stays up, else where a port is free.</summary>
    private static async Task<SomeService> ServiceAsync(bool stays, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (await ServiceLocation.FindAsync(surroundings, cancellationToken) is { } client)
        {
            return SomeService.Of(client);
        }

        return await SomeService.StartAsync(surroundings, stays ? ServeVerb.DefaultUrl : SomeService.AnyPort, Workers, cancellationToken);
    }
}
