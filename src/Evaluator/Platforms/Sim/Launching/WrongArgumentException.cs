namespace KernelForge.Evaluator.Platforms.Sim.Launching;

/// <summary>An argument of a launch does not fit; the message says which, what was expected, what was found and what to do.</summary>
internal sealed class WrongArgumentException(string message, int exitCode = 64) : Exception(message)
{
    /// <summary>64 wrong usage, 65 a bad file.</summary>
    public int ExitCode { get; } = exitCode;
}
