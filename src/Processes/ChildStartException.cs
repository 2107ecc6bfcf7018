namespace KernelForge.Processes;

/// <summary>A program could not be started: it is not there, or may not be run.</summary>
public sealed class ChildStartException(string message, Exception? inner = null) : Exception(message, inner);
