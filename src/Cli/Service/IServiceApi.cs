using KernelForge.Contracts.Service;
using RestEase;

namespace KernelForge.Cli.Service;

/// <summary>The service's REST (interfaces.md) as this program calls it; <see cref="ServiceClient"/> turns refusals into exit codes.</summary>
internal interface IServiceApi
{
    [Post("submissions")]
    Task<Accepted> SubmitAsync([Body] SubmissionOrder order, CancellationToken cancellationToken);

    [Get("submissions/{id}")]
    Task<SubmissionStatus> SubmissionAsync([Path] Guid id, CancellationToken cancellationToken);

    [Delete("submissions/{id}")]
    Task CancelSubmissionAsync([Path] Guid id, CancellationToken cancellationToken);

    [Post("runs")]
    Task<Accepted> StartRunAsync([Body] RunOrder order, CancellationToken cancellationToken);

    [Get("runs/{id}")]
    Task<RunStatus> RunAsync([Path] Guid id, CancellationToken cancellationToken);

    [Delete("runs/{id}")]
    Task CancelRunAsync([Path] Guid id, CancellationToken cancellationToken);

    [Post("tasks")]
    Task<ServiceTask> AddTaskAsync([Body] TaskOrder order, CancellationToken cancellationToken);

    [Get("solutions/{sha256}")]
    Task<SolutionDetails> SolutionAsync([Path] string sha256, CancellationToken cancellationToken);

    [Get("leaderboard")]
    Task<Leaderboard> LeaderboardAsync(
        [QueryMap] IDictionary<string, string> filters, [Query] string? cursor, CancellationToken cancellationToken);
}
