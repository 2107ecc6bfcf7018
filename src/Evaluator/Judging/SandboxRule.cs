using KernelForge.Processes;

namespace KernelForge.Evaluator.Judging;

/// <summary>No sandbox, no run (design §6).</summary>
internal static class SandboxRule
{
    /// <summary>Ends an evaluation where bubblewrap cannot work here, unless the user said so.</summary>
    /// <param name="toolbox">Root of the toolbox.</param>
    /// <param name="unsafeNoSandbox">The user's word.</param>
    /// <param name="verb">The verb that takes it.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="EvaluationFaultException">There is none.</exception>
    public static async Task RequireAsync(string toolbox, bool unsafeNoSandbox, string verb, CancellationToken cancellationToken)
    {
        if (!unsafeNoSandbox && await Sandbox.ProblemAsync(toolbox, cancellationToken) is { } problem)
        {
            throw new EvaluationFaultException(69, $"{problem}. No sandbox, no run; {verb} --unsafe-no-sandbox runs without one, on your word");
        }
    }
}
