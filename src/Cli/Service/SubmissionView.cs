using System.Text.Json;
using KernelForge.Cli.Eval;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Service;

/// <summary>A submission on its way, and its verdict as <c>eval</c> shows it.</summary>
internal static class SubmissionView
{
    /// <summary>Follows a submission to its end, with its lifecycle on standard error.</summary>
    public static async Task<SubmissionStatus> FollowAsync(ServiceClient client, Guid id, Surroundings surroundings, CancellationToken cancellationToken)
    {
        await foreach (var happened in EventStream.FollowAsync(client, $"submissions/{id}", surroundings.Time, cancellationToken))
        {
            if (!happened.IsLast)
            {
                await surroundings.Error.WriteLineAsync($"kernelforge: {id} {happened.Type}");
            }
        }

        return await client.AskAsync(api => api.SubmissionAsync(id, cancellationToken), cancellationToken);
    }

    /// <summary>Prints how it ended; the exit code, which is that of <c>eval</c>.</summary>
    public static async Task<int> PrintAsync(SubmissionStatus submission, IReadOnlyList<string> lines, bool json, Surroundings surroundings)
    {
        if (json)
        {
            await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(submission, ReadableJson.Context.SubmissionStatus));
        }
        else if (submission.Outcome is { } outcome)
        {
            OutcomeView.Write(surroundings.NewScreen(), outcome, lines, profile: false);
        }

        if (submission.Outcome is not null)
        {
            return submission.Outcome is Passed ? ExitCodes.Done : ExitCodes.NotPassed;
        }

        await surroundings.Error.WriteLineAsync($"kernelforge: {submission.Id} {submission.Status}, no verdict{(submission.Failure is { } why ? $": {why}" : "")}");
        return submission.Status == "cancelled" ? ExitCodes.NotPassed : ExitCodes.Missing;
    }
}
