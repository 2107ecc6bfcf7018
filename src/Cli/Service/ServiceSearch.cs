using KernelForge.Cli.Runs;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Service;

/// <summary>Searches in a service that is up: what <c>run</c> and <c>demo</c> do through REST.</summary>
internal static class ServiceSearch
{
    /// <summary>Queues a search; its id.</summary>
    public static async Task<Guid> StartAsync(ServiceClient client, SearchOrder order, CancellationToken cancellationToken)
    {
        RunOrder asked = new()
        {
            Task = await ServiceTasks.NameOfAsync(client, order.Task, cancellationToken),
            Strategy = order.Strategy,
            Coder = order.Coder,
            Judge = order.Judge,
            Solution = order.Solution,
            Rounds = order.Rounds,
            Platform = order.Platform,
            Device = order.Device,
            BudgetUsd = order.BudgetUsd,
        };
        return (await client.AskAsync(api => api.StartRunAsync(asked, cancellationToken), cancellationToken)).Id;
    }

    /// <summary>Follows a search to its end, telling what happens.</summary>
    public static async Task<RunStatus> FollowAsync(
        ServiceClient client, Guid id, Action<RunEvent> happened, TimeProvider time, CancellationToken cancellationToken)
    {
        await foreach (var item in EventStream.FollowAsync(client, $"runs/{id}", time, cancellationToken))
        {
            if (item.OfRun() is { } told)
            {
                happened(told);
            }
        }

        return await client.AskAsync(api => api.RunAsync(id, cancellationToken), cancellationToken);
    }
}
