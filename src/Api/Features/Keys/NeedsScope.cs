namespace KernelForge.Api.Features.Keys;

/// <summary>On an endpoint: the scope that a key needs there, where it is not <c>read</c> for looking and <c>submit</c> for changing.</summary>
internal sealed record NeedsScope(string Scope);
