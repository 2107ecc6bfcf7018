namespace KernelForge.Api.Features.Keys;

/// <summary>A key cannot be made as it was asked for; the message says how it can.</summary>
public sealed class ApiKeyException(string message) : Exception(message);
