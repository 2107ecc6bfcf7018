using KernelForge.Contracts.Service;
using RestEase;

namespace KernelForge.Cli.Service;

/// <summary>The service's REST (interfaces.md) as this program calls it; <see cref="ServiceClient"/> turns refusals into exit codes.</summary>
internal interface IServiceApi
{
    [Post("api/v1/submissions")]
    Task<Accepted> SubmitAsync([Body] SubmissionOrder order, CancellationToken cancellationToken);

    [Get("api/v1/submissions/{id}")]
    Task<SubmissionStatus> SubmissionAsync([Path] Guid id, CancellationToken cancellationToken);

    [Delete("api/v1/submissions/{id}")]
    Task CancelSubmissionAsync([Path] Guid id, CancellationToken cancellationToken);

    [Post("api/v1/runs")]
    Task<Accepted> StartRunAsync([Body] RunOrder order, CancellationToken cancellationToken);

    [Get("api/v1/runs/{id}")]
    Task<RunStatus> RunAsync([Path] Guid id, CancellationToken cancellationToken);

    [Delete("api/v1/runs/{id}")]
    Task CancelRunAsync([Path] Guid id, CancellationToken cancellationToken);

    [Post("api/v1/tasks")]
    Task<ServiceTask> AddTaskAsync([Body] TaskOrder order, CancellationToken cancellationToken);

    [Get("api/v1/solutions/{sha256}")]
    Task<SolutionDetails> SolutionAsync([Path] string sha256, CancellationToken cancellationToken);

    [Get("api/v1/leaderboard")]
    Task<Leaderboard> LeaderboardAsync(
        [QueryMap] IDictionary<string, string> filters, [Query] string? cursor, CancellationToken cancellationToken);

    [Post("api/v1/datasets")]
    Task<Accepted> OrderDatasetAsync([Body] DatasetOrder order, CancellationToken cancellationToken);

    [Get("api/v1/datasets")]
    Task<Listing<DatasetStatus>> DatasetsAsync([Query] int limit, CancellationToken cancellationToken);

    [Get("api/v1/datasets/{id}")]
    Task<DatasetStatus> DatasetAsync([Path] Guid id, CancellationToken cancellationToken);

    [Get("api/v1/schedules")]
    Task<Listing<Schedule>> SchedulesAsync(CancellationToken cancellationToken);

    [Post("api/v1/schedules")]
    Task<Schedule> AddScheduleAsync([Body] ScheduleOrder order, CancellationToken cancellationToken);

    [Post("api/v1/schedules/{id}/run")]
    Task<ScheduleBatch> RunScheduleAsync([Path] Guid id, CancellationToken cancellationToken);

    [Get("api/v1/schedules/{id}/checks")]
    Task<ScheduleChecks> ScheduleChecksAsync([Path] Guid id, [Query] Guid batch, [Query] string? cursor, CancellationToken cancellationToken);

    [Delete("api/v1/schedules/{id}")]
    Task DeleteScheduleAsync([Path] Guid id, CancellationToken cancellationToken);
}
