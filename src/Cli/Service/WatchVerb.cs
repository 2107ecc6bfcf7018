using System.CommandLine;
using KernelForge.Cli.Runs;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Service;

/// <summary><c>watch</c>: what becomes of a submission or run, from its beginning to its end.</summary>
internal static class WatchVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var id = ServiceOptions.Id();
        var json = ServiceOptions.Json("One JSON line an event");
        var command = new Command("watch", "What becomes of a submission or run, from its beginning to its end") { id, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = await ServiceLocation.NeedAsync(surroundings, cancellationToken);
            var wanted = Guid.Parse(result.GetRequiredValue(id));
            var isRun = await client.FindAsync(api => api.RunAsync(wanted, cancellationToken), cancellationToken) is not null;
            if (!isRun && await client.FindAsync(api => api.SubmissionAsync(wanted, cancellationToken), cancellationToken) is null)
            {
                throw new CliException(ExitCodes.Usage, $"the service at {client.Address} knows no run and no submission {wanted}");
            }

            if (result.GetValue(json))
            {
                await foreach (var happened in EventStream.FollowAsync(client, $"{(isRun ? "runs" : "submissions")}/{wanted}", surroundings.Time, cancellationToken))
                {
                    await surroundings.Out.WriteLineAsync(happened.Json);
                    await surroundings.Out.FlushAsync(cancellationToken);
                }
            }

            return isRun
                ? await RunAsync(client, wanted, result.GetValue(json), surroundings, cancellationToken)
                : await SubmissionAsync(client, wanted, result.GetValue(json), surroundings, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(ServiceClient client, Guid id, bool shown, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (shown)
        {
            return RunVerb.ExitCodeOf(await client.AskAsync(api => api.RunAsync(id, cancellationToken), cancellationToken));
        }

        RunView view = new(surroundings.NewScreen());
        var ended = await ServiceSearch.FollowAsync(client, id, view.Show, surroundings.Time, cancellationToken);
        view.ShowEnd(ended.Report, $"page: {client.Page($"runs/{id}")}");
        await RunVerb.SayFailureAsync(ended, surroundings);
        return RunVerb.ExitCodeOf(ended);
    }

    private static async Task<int> SubmissionAsync(ServiceClient client, Guid id, bool shown, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (!shown)
        {
            var ended = await SubmissionView.FollowAsync(client, id, surroundings, cancellationToken);
            var solution = await client.FindAsync(api => api.SolutionAsync(ended.SolutionSha256, cancellationToken), cancellationToken);
            return await SubmissionView.PrintAsync(ended, solution?.Code.ReplaceLineEndings("\n").Split('\n') ?? [], json: false, surroundings);
        }

        var status = await client.AskAsync(api => api.SubmissionAsync(id, cancellationToken), cancellationToken);
        return status.Outcome switch { Contracts.Outcomes.Passed => ExitCodes.Done, not null => ExitCodes.NotPassed, null when status.Status == "cancelled" => ExitCodes.NotPassed, _ => ExitCodes.Missing };
    }
}
