namespace KernelForge.Cli;

/// <summary>A verb ends here, with a message for the user and an exit code of <see cref="ExitCodes"/>.</summary>
internal class CliException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
