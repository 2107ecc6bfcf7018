namespace KernelForge.Evaluator.Reference;

/// <summary>The task file is wrong or exceeds its limits (exit code 65): its author has to mend it.</summary>
public sealed class TaskFileException(string message, int? line = null) : Exception(message)
{
    /// <summary>Line in the task file, from 1; null where none is to blame.</summary>
    public int? Line { get; } = line;
}

/// <summary>The reference cannot be had on this machine (exit code 69): something needed is missing or full. The message says what, where and how to get it.</summary>
public sealed class ReferenceUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
