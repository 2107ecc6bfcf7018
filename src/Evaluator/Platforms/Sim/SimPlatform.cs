using KernelForge.Evaluator.Platforms.Sim.Launching;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>The platform that is always there: the PTX simulator (design §6).</summary>
internal sealed class SimPlatform : IPlatform
{
    /// <inheritdoc/>
    public PlatformCapabilities Capabilities { get; } = new("sim", "modelled", Profiles: true, MemoryChecks: true, RaceChecks: true);

    /// <inheritdoc/>
    public CheckReply Check(CheckRequest request, CancellationToken cancellationToken) => new SimTrials(request).Run(cancellationToken);

    /// <inheritdoc/>
    public MeasureReply Measure(MeasureRequest request, CancellationToken cancellationToken) => new SimMeasurement(request).Run(cancellationToken);

    /// <inheritdoc/>
    public LaunchReply Launch(LaunchRequest request, CancellationToken cancellationToken) => new SingleLaunch(request).Run(cancellationToken);
}
