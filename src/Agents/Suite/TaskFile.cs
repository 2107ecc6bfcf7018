namespace KernelForge.Agents.Suite;

/// <summary>A task as the user named it: its file, and its entry where it is one of the suite's.</summary>
/// <param name="Name"><c>category/name</c>, or the file's name without <c>.py</c>.</param>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="Entry">Null for a file outside the suite.</param>
public sealed record TaskFile(string Name, string Path, TaskEntry? Entry);
