namespace KernelForge.Api.Work;

/// <summary>States of anything queued (interfaces.md). The verdict on a kernel is separate from them.</summary>
internal static class Lifecycle
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    /// <summary>Whether nothing more will happen.</summary>
    public static bool IsFinal(string state) => state is Succeeded or Failed or Cancelled;
}
