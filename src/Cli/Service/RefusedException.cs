using System.Net;

namespace KernelForge.Cli.Service;

/// <summary>The service answered that it will not: its own words, and the exit code that they mean.</summary>
internal sealed class RefusedException(HttpStatusCode status, int exitCode, string message) : CliException(exitCode, message)
{
    /// <summary>The answer's status.</summary>
    public HttpStatusCode Status { get; } = status;
}
