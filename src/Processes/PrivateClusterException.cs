namespace KernelForge.Processes;

/// <summary>The private cluster cannot be had: the message says why and what to do, for the person at the command line.</summary>
public sealed class PrivateClusterException(string message, Exception? inner = null) : Exception(message, inner);
