using KernelForge.Cli.Service;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Schedules;

/// <summary>One firing of a schedule, from its beginning to its last verdict.</summary>
internal static class ScheduleBatchRun
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    /// <summary>Fires a schedule and waits; every check of the batch.</summary>
    public static async Task<ScheduleChecks> RunAsync(ServiceClient client, Guid schedule, TimeProvider time, CancellationToken cancellationToken)
    {
        var batch = await client.AskAsync(api => api.RunScheduleAsync(schedule, cancellationToken), cancellationToken);
        while (true)
        {
            var checks = await client.AskAsync(api => api.ScheduleChecksAsync(schedule, batch.Id, null, cancellationToken), cancellationToken);
            if (checks.Batch is not { Status: "running" })
            {
                return checks with { Batch = checks.Batch ?? batch, Items = await AllAsync(client, schedule, batch.Id, checks, cancellationToken), NextCursor = null };
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private static async Task<IReadOnlyList<ScheduleCheck>> AllAsync(ServiceClient client, Guid schedule, Guid batch, ScheduleChecks first, CancellationToken cancellationToken)
    {
        List<ScheduleCheck> items = [.. first.Items];
        for (var cursor = first.NextCursor; cursor is not null;)
        {
            var page = await client.AskAsync(api => api.ScheduleChecksAsync(schedule, batch, cursor, cancellationToken), cancellationToken);
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }

        return items;
    }
}
