namespace KernelForge.Simulator.Model;

/// <summary>What the time model leaves out or lightens, to say what a launch would take without a bottleneck; counters, shape and profile are changed beside it.</summary>
internal sealed record Relief
{
    /// <summary>The launch as it is.</summary>
    public static Relief None { get; } = new();

    /// <summary>The work falls evenly on the SMs, without a last wave.</summary>
    public bool EvenBlocks { get; init; }

    /// <summary>How many times as many independent global loads a warp has in flight.</summary>
    public double LoadsInFlight { get; init; } = 1;

    /// <summary>Changes the work by pipe.</summary>
    public Func<PipeTotals, PipeTotals> Pipes { get; init; } = pipes => pipes;
}
