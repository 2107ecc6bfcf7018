namespace KernelForge.Evaluator.Platforms;

/// <summary>What a platform can do (design §6).</summary>
/// <param name="Name"><c>sim</c>, <c>cuda</c>.</param>
/// <param name="Kind"><c>modelled</c> or <c>measured</c>.</param>
/// <param name="Profiles">It fills in metrics.</param>
/// <param name="MemoryChecks">It checks bounds and initialisation.</param>
/// <param name="RaceChecks">It checks races and synchronisation.</param>
internal sealed record PlatformCapabilities(string Name, string Kind, bool Profiles, bool MemoryChecks, bool RaceChecks);

/// <summary>Where plans are executed. Lives in the runner's process, never in the evaluator's own.</summary>
internal interface IPlatform
{
    /// <summary>What it can do.</summary>
    PlatformCapabilities Capabilities { get; }

    /// <summary>Executes trials and compares them.</summary>
    CheckReply Check(CheckRequest request, CancellationToken cancellationToken);

    /// <summary>Finds out how fast a solution is at <c>full</c>.</summary>
    MeasureReply Measure(MeasureRequest request, CancellationToken cancellationToken);

    /// <summary>Launches one kernel once, with every check, and says what it did and what it costs.</summary>
    LaunchReply Launch(LaunchRequest request, CancellationToken cancellationToken);
}
