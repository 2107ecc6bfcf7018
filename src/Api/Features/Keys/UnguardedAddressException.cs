namespace KernelForge.Api.Features.Keys;

/// <summary>The service would be reachable from other machines while nobody needs a key; the message says what to do.</summary>
public sealed class UnguardedAddressException(string message) : Exception(message);
