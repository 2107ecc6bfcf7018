namespace KernelForge.Agents.Suite;

/// <summary>A task file of another suite.</summary>
/// <param name="Name">What it is called here, <c>imported/level1/19_ReLU</c>.</param>
/// <param name="Kernelbench">Its number in KernelBench; null: it has none.</param>
/// <param name="File">Its path from the folder that was named.</param>
/// <param name="Bytes">Its text.</param>
public sealed record ForeignTask(string Name, string? Kernelbench, string File, byte[] Bytes);
