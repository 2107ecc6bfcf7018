namespace KernelForge.Simulator.Model;

/// <summary>A launch's modelled time, what limits it, and by how much.</summary>
public sealed record TimeEstimate
{
    /// <summary>Milliseconds from launch to end, one launch as a node of a graph included.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Milliseconds of the kernel alone (<c>gpu__time_duration</c>).</summary>
    public required double KernelMs { get; init; }

    /// <summary>
    /// The limiter: <c>dram</c>, <c>l2</c>, <c>l1</c>, <c>shared</c>, <c>issue</c>, <c>fma</c>, <c>alu</c>, <c>xu</c>, <c>fp64</c>,
    /// <c>tensor</c>, <c>lsu</c>, <c>latency</c>, <c>atomics</c>, <c>launch</c> (more than half is overhead) or <c>tail</c> (more
    /// than half of the limiter's time is lost because blocks do not fill the machine).
    /// </summary>
    public required string Limiter { get; init; }

    /// <summary>The time each limit would take by itself, ms: what removing the largest can gain is the distance to the next.</summary>
    public required IReadOnlyDictionary<string, double> LimiterMs { get; init; }

    /// <summary>Blocks ÷ blocks that run at once (<c>launch__waves_per_multiprocessor</c>).</summary>
    public required double Waves { get; init; }

    /// <summary>Share of the last wave's places that stay empty, over all waves, 0–1.</summary>
    public required double TailFraction { get; init; }

    /// <summary>Resident blocks and what limits them.</summary>
    public required Occupancy Occupancy { get; init; }

    /// <summary>Warps that are resident on average over the most possible, 0–1.</summary>
    public required double AchievedOccupancy { get; init; }

    /// <summary>SM cycles of the kernel.</summary>
    public required double Cycles { get; init; }

    /// <summary>Cycles of one warp alone from start to end.</summary>
    public required double WarpCycles { get; init; }

    /// <summary>Shares of a resident warp's cycles spent waiting, by reason, 0–1; what is left is issuing.</summary>
    public required IReadOnlyDictionary<StallReason, double> StallShares { get; init; }

    /// <summary>Where a resident warp's cycles go, by instruction number; the shares add up to 1.</summary>
    public required IReadOnlyList<InstructionTime> InstructionTimes { get; init; }

    /// <summary>Work by pipe over the launch.</summary>
    public required PipeTotals Pipes { get; init; }

    /// <summary>Version of the model's formulas: <see cref="TimeModel.Version"/>.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>SHA-256 of the GPU profile.</summary>
    public required string ProfileSha256 { get; init; }
}

/// <summary>Issue slots (of warps) over the launch, by pipe.</summary>
public sealed record PipeTotals
{
    /// <summary>PTX instructions executed by warps.</summary>
    public double PtxInstructions { get; init; }

    /// <summary>PTX instructions executed by threads.</summary>
    public double PtxThreadInstructions { get; init; }

    /// <summary>SASS issue slots.</summary>
    public double Slots { get; init; }

    /// <summary>SASS slots times active threads.</summary>
    public double ThreadSlots { get; init; }

    /// <summary>FMA pipe, float32.</summary>
    public double Fma { get; init; }

    /// <summary>Heavy half of the FMA pipe.</summary>
    public double IntegerMultiply { get; init; }

    /// <summary>ALU pipe.</summary>
    public double Alu { get; init; }

    /// <summary>float64 pipe.</summary>
    public double Fp64 { get; init; }

    /// <summary>Special functions.</summary>
    public double Xu { get; init; }

    /// <summary>Load/store unit.</summary>
    public double Lsu { get; init; }

    /// <summary>Uniform path and address divergence unit.</summary>
    public double Uniform { get; init; }

    /// <summary>Branch unit.</summary>
    public double Branch { get; init; }

    /// <summary>Tensor core instructions.</summary>
    public double Tensor { get; init; }

    /// <summary>Dense float16 multiply-adds of the tensor cores.</summary>
    public double TensorF16Fma { get; init; }

    /// <summary>Shared memory wavefronts.</summary>
    public double SharedWavefronts { get; init; }

    /// <summary>Of those, without conflicts.</summary>
    public double IdealSharedWavefronts { get; init; }

    /// <summary>L1 wavefronts of global and local requests (128-byte lines).</summary>
    public double L1Wavefronts { get; init; }
}
