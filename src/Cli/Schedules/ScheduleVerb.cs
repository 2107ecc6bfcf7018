using System.CommandLine;
using System.Text.Json;
using KernelForge.Cli.Service;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Schedules;

/// <summary><c>schedule</c>: winners judged again by a cron expression, or now. Without a service that is up, one is started for the moment.</summary>
internal static class ScheduleVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings) => new("schedule", "winners judged again: list, create, run, delete")
    {
        List(surroundings),
        Create(surroundings, "create"),
        Run(surroundings),
        Delete(surroundings),
    };

    private static Command List(Surroundings surroundings)
    {
        var json = ServiceOptions.Json();
        var command = new Command("list", "Every schedule: when it fires next, and how it went last") { json };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var service = await SomeService.GetAsync(surroundings, workers: 0, cancellationToken);
            var schedules = await service.Client.AskAsync(api => api.SchedulesAsync(cancellationToken), cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(schedules, ReadableJson.Context.ListingSchedule));
            }
            else
            {
                ScheduleView.Write(surroundings.NewScreen(), schedules.Items);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Create(Surroundings surroundings, string verb)
    {
        var name = new Argument<string>("NAME") { Description = "Unique among schedules" };
        var cron = new Option<string>("--cron") { Description = "When, in UTC: the five fields of crontab, or Quartz's six", HelpName = "C", Required = true };
        var platform = new Option<string?>("--platform") { Description = "Only winners of this platform", HelpName = "P" };
        var device = new Option<string?>("--device") { Description = "Only winners on this GPU or GPU profile", HelpName = "D" };
        var category = new Option<string?>("--category") { Description = "Only winners of tasks of this category", HelpName = "C" };
        var task = new Option<string?>("--task") { Description = "Only winners of this task", HelpName = "TASK" };
        var tolerance = new Option<double?>("--tolerance") { Description = "Slower by more than this share is a regression; default: 0.05", HelpName = "X" };
        var json = ServiceOptions.Json();
        var command = new Command(verb, "Makes a schedule; it fires while a service or a worker is up") { name, cron, platform, device, category, task, tolerance, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            ScheduleOrder order = new()
            {
                Name = result.GetRequiredValue(name),
                Cron = result.GetRequiredValue(cron),
                Filter = new ScheduleFilter { Platform = result.GetValue(platform), Device = result.GetValue(device), Category = result.GetValue(category), Task = result.GetValue(task) },
                Tolerance = result.GetValue(tolerance),
            };
            await using var service = await SomeService.GetAsync(surroundings, workers: 0, cancellationToken);
            var schedule = await service.Client.AskAsync(api => api.AddScheduleAsync(order, cancellationToken), cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(schedule, ReadableJson.Context.Schedule));
            }
            else
            {
                ScheduleView.Write(surroundings.NewScreen(), [schedule]);
            }

            if (service.IsOwn)
            {
                await surroundings.Error.WriteLineAsync("kernelforge: it fires while a service is up: ./kernelforge serve");
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Run(Surroundings surroundings)
    {
        var name = Name();
        var json = ServiceOptions.Json("What was found, as one JSON document");
        var command = new Command("run", "Judges its winners again now; exits 1 where one is slower or no longer passes") { name, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var service = await SomeService.GetAsync(surroundings, ServiceOptions.DefaultWorkers, cancellationToken);
            var schedule = await FindAsync(service.Client, result.GetRequiredValue(name), cancellationToken);
            var checks = await ScheduleBatchRun.RunAsync(service.Client, schedule.Id, surroundings.Time, cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(checks, ReadableJson.Context.ScheduleChecks));
            }
            else
            {
                ScheduleView.Write(surroundings.NewScreen(), checks);
            }

            return checks.Batch is { Regressions: 0 } ? ExitCodes.Done : ExitCodes.NotPassed;
        });
        return command;
    }

    private static Command Delete(Surroundings surroundings)
    {
        var name = Name();
        var command = new Command("delete", "Ends a schedule; what it found is kept") { name };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var service = await SomeService.GetAsync(surroundings, workers: 0, cancellationToken);
            var schedule = await FindAsync(service.Client, result.GetRequiredValue(name), cancellationToken);
            await service.Client.TellAsync(api => api.DeleteScheduleAsync(schedule.Id, cancellationToken), cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The schedule's name or id" };

    private static async Task<Schedule> FindAsync(ServiceClient client, string name, CancellationToken cancellationToken)
    {
        var known = (await client.AskAsync(api => api.SchedulesAsync(cancellationToken), cancellationToken)).Items;
        return known.FirstOrDefault(schedule => schedule.Name == name || schedule.Id.ToString() == name)
            ?? throw new CliException(
                ExitCodes.Usage,
                known.Count == 0 ? $"there is no schedule '{name}', nor any other; ./kernelforge schedule create makes one" : $"there is no schedule '{name}'; known: {string.Join(", ", known.Select(schedule => schedule.Name))}");
    }
}
