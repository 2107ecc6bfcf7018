namespace KernelForge.Agents.Suite;

/// <summary>The suite has no task of that name; the message says which were near.</summary>
public sealed class TaskNotFoundException(string message) : Exception(message);
