namespace KernelForge.Api.Work;

/// <summary>A step that this process runs. Every write for it checks <see cref="Fence"/>.</summary>
/// <param name="Id">The step.</param>
/// <param name="Kind"><c>evaluation</c>, <c>round</c> or <c>noop</c>.</param>
/// <param name="OwnerId">The submission or run.</param>
/// <param name="Number">The round; 0 for an evaluation.</param>
/// <param name="ExecutionGroup">Which workers may run it: <c>sim</c>.</param>
/// <param name="Priority">Higher runs first.</param>
/// <param name="Fence">Higher than that of whoever ran it before.</param>
/// <param name="Tries">How often it was started, this time included.</param>
internal sealed record StepClaim(Guid Id, string Kind, Guid OwnerId, int Number, string ExecutionGroup, int Priority, long Fence, int Tries);

/// <summary>
/// Another process has taken the step over, or it was cancelled: whoever gets this has nothing more to write.
/// </summary>
internal sealed class StepLostException(Guid step) : Exception($"step {step} is no longer this process's");
