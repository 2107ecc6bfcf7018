using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Search;

/// <summary>A way to search: which attempt to make next, from what, with whose advice.</summary>
public interface IStrategy
{
    /// <summary>Its name: <c>coder-judge</c>.</summary>
    string Name { get; }

    /// <summary>Whether it asks a Judge.</summary>
    bool UsesJudge { get; }

    /// <summary>
    /// Runs, or resumes where the run's folder holds finished attempts of the same run. Failed kernels, models and evaluators are
    /// in the report; cancelled is a status, not an exception.
    /// </summary>
    /// <param name="request">What to do.</param>
    /// <param name="team">Who does it.</param>
    /// <param name="progress">Told what happens, in order, on the run's own thread; null: nobody.</param>
    /// <param name="cancellationToken">Ends the run; finished rounds stay in the report and in the attempts file.</param>
    Task<RunReport> RunAsync(RunRequest request, AgentTeam team, IProgress<RunEvent>? progress, CancellationToken cancellationToken);
}
