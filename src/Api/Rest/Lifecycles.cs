using KernelForge.Api.Work;

namespace KernelForge.Api.Rest;

/// <summary>The <c>state</c> parameter of lists.</summary>
internal static class Lifecycles
{
    private static readonly string[] Known = [Lifecycle.Queued, Lifecycle.Running, Lifecycle.Succeeded, Lifecycle.Failed, Lifecycle.Cancelled];

    /// <summary>The state to show alone; null: all.</summary>
    /// <exception cref="RefusedException">There is no such state.</exception>
    public static string? Filter(string? state) => state is null || Known.Contains(state, StringComparer.Ordinal)
        ? state
        : throw RefusedException.Bad("state", $"expected one of {string.Join(", ", Known)}, found '{state}'");
}
