using System.CommandLine;
using System.Net;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Service;

/// <summary><c>cancel</c>: ends a submission or run. One that has ended already is no error.</summary>
internal static class CancelVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var id = ServiceOptions.Id();
        var command = new Command("cancel", "Ends a submission or run") { id };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var client = await ServiceLocation.NeedAsync(surroundings, cancellationToken);
            var wanted = Guid.Parse(result.GetRequiredValue(id));
            var state = await RunAsync(client, wanted, cancellationToken) ?? await SubmissionAsync(client, wanted, cancellationToken)
                ?? throw new CliException(ExitCodes.Usage, $"the service at {client.Address} knows no run and no submission {wanted}");
            await surroundings.Out.WriteLineAsync(state);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<string?> RunAsync(ServiceClient client, Guid id, CancellationToken cancellationToken) =>
        await TellAsync(client, api => api.CancelRunAsync(id, cancellationToken), cancellationToken)
            ? (await client.AskAsync(api => api.RunAsync(id, cancellationToken), cancellationToken)).Status
            : null;

    private static async Task<string?> SubmissionAsync(ServiceClient client, Guid id, CancellationToken cancellationToken) =>
        await TellAsync(client, api => api.CancelSubmissionAsync(id, cancellationToken), cancellationToken)
            ? (await client.AskAsync(api => api.SubmissionAsync(id, cancellationToken), cancellationToken)).Status
            : null;

    private static async Task<bool> TellAsync(ServiceClient client, Func<IServiceApi, Task> order, CancellationToken cancellationToken)
    {
        try
        {
            await client.TellAsync(order, cancellationToken);
            return true;
        }
        catch (RefusedException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            return false;
        }
    }
}
