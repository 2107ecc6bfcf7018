namespace KernelForge.Cli.Service;

/// <summary>Nobody answers at the service's address.</summary>
internal sealed class SilentServiceException(string message) : CliException(ExitCodes.Missing, message);
