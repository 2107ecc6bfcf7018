using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Model;

/// <summary>A rule.</summary>
/// <param name="Name">Its name.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Try">What to try.</param>
/// <param name="Evidence">Metrics that show it.</param>
/// <param name="Without">The estimate without the bottleneck; null where it is not there.</param>
/// <param name="Cost">What an instruction has part in it; null where it belongs to the launch as a whole.</param>
internal sealed record BottleneckRule(
    string Name, string What, string Try, IReadOnlyList<string> Evidence, Func<ModelledLaunch, TimeEstimate?> Without, Func<ModelledLaunch, InstructionInfo, double>? Cost = null);
