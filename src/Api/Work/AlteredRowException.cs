namespace KernelForge.Api.Work;

/// <summary>A stored task or solution is not the text that its hash names: something else than KernelForge altered it. Another try would find the same.</summary>
internal sealed class AlteredRowException(string message) : Exception(message);
