namespace KernelForge.Api.Features.Datasets;

/// <summary>An export cannot be made, and nothing of it was left; the message says what was expected, what was found, and what to do.</summary>
public sealed class DatasetException(string message, Exception? inner = null) : Exception(message, inner);
