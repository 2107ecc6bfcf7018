namespace KernelForge.Agents.Suite;

/// <summary>A Python file of another suite that is not taken.</summary>
/// <param name="File">Its path from the folder that was named.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftFile(string File, string Reason);
