namespace KernelForge.Simulator.Execution;

/// <summary>Neighbouring lanes of a <see cref="LanePattern"/> at equal distances.</summary>
/// <param name="First">The first lane.</param>
/// <param name="Count">Lanes.</param>
/// <param name="Offset">The first lane's offset, bytes.</param>
/// <param name="Step">Bytes from one lane to the next.</param>
public readonly record struct LaneRun(int First, int Count, long Offset, long Step);
