namespace KernelForge.Api.Work;

/// <summary>Does the steps of one kind. Every write checks the claim's fence in its own transaction.</summary>
internal interface IStepWorker
{
    /// <summary>The kind: <c>evaluation</c>, <c>round</c>, <c>noop</c>.</summary>
    string Kind { get; }

    /// <summary>Does the step and ends it.</summary>
    /// <exception cref="StepLostException">Another process has it now, or it was cancelled.</exception>
    /// <exception cref="InfrastructureException">The machine is to blame: it is tried again.</exception>
    Task RunAsync(StepClaim claim, CancellationToken cancellationToken);
}

/// <summary>The machine could not do its part: nobody's kernel is to blame, and another try may go well.</summary>
internal sealed class InfrastructureException(string message) : Exception(message);

/// <summary>This worker process.</summary>
/// <param name="Name">Host, process and start: never used twice.</param>
internal sealed record WorkerIdentity(string Name);
