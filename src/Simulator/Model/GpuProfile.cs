using System.Text.Json.Serialization;

namespace KernelForge.Simulator.Model;

/// <summary>
/// A GPU as the time model sees it: facts and a few calibrated constants, one embedded JSON file each
/// (<c>Model/Profiles/</c>). <see cref="Sources"/> says where every figure comes from, assumptions included.
/// </summary>
public sealed record GpuProfile
{
    /// <summary>The name that selects it: <c>H200</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Other names accepted by <see cref="GpuProfiles.Get"/>.</summary>
    public required IReadOnlyList<string> Aliases { get; init; }

    /// <summary>The product's full name with its memory size.</summary>
    public required string Title { get; init; }

    /// <summary>Compilation target: <c>sm_90a</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Streaming multiprocessors.</summary>
    public required int Sms { get; init; }

    /// <summary>SM clock under load, GHz (boost).</summary>
    public required double ClockGhz { get; init; }

    /// <summary>Peak DRAM bandwidth, GB/s (10⁹ bytes).</summary>
    public required double DramBandwidthGbs { get; init; }

    /// <summary>Share of the peak that a plain copy reaches, 0–1.</summary>
    public required double AchievableDramShare { get; init; }

    /// <summary>DRAM capacity in bytes.</summary>
    public required long DramBytes { get; init; }

    /// <summary>L2 capacity in bytes, as published.</summary>
    public required long L2Bytes { get; init; }

    /// <summary>Bytes that stay resident in L2 in practice (measured knee; less than the capacity where partitions replicate lines).</summary>
    public required long L2EffectiveBytes { get; init; }

    /// <summary>L2 bandwidth to all SMs together, GB/s.</summary>
    public required double L2BandwidthGbs { get; init; }

    /// <summary>Bytes that one SM takes from L2 a cycle.</summary>
    public required double L2BytesPerCyclePerSm { get; init; }

    /// <summary>L1 and shared memory of one SM together, bytes.</summary>
    public required int L1AndSharedBytesPerSm { get; init; }

    /// <summary>Shared memory one SM can give to its blocks, bytes.</summary>
    public required int SharedBytesPerSm { get; init; }

    /// <summary>Shared memory one block can have (opt-in), bytes.</summary>
    public required int MaxSharedBytesPerBlock { get; init; }

    /// <summary>Shared memory the system reserves for each block, bytes (1 KiB from sm_80 on).</summary>
    public required int ReservedSharedBytesPerBlock { get; init; }

    /// <summary>Largest block, threads.</summary>
    public required int MaxThreadsPerBlock { get; init; }

    /// <summary>Threads resident on one SM.</summary>
    public required int MaxThreadsPerSm { get; init; }

    /// <summary>Warps resident on one SM.</summary>
    public required int MaxWarpsPerSm { get; init; }

    /// <summary>Blocks resident on one SM.</summary>
    public required int MaxBlocksPerSm { get; init; }

    /// <summary>32-bit registers of one SM.</summary>
    public required int RegistersPerSm { get; init; }

    /// <summary>Registers are given to a warp in units of this many.</summary>
    public required int RegisterUnitPerWarp { get; init; }

    /// <summary>Most registers a thread can have.</summary>
    public required int MaxRegistersPerThread { get; init; }

    /// <summary>Most registers a block can have.</summary>
    public required int MaxRegistersPerBlock { get; init; }

    /// <summary>Warp schedulers of one SM; each issues one warp instruction a cycle.</summary>
    public required int SchedulersPerSm { get; init; }

    /// <summary>Lanes a cycle and SM, by pipe.</summary>
    public required PipeLanes Lanes { get; init; }

    /// <summary>Latencies in SM cycles.</summary>
    public required LatencyCycles LatencyCycles { get; init; }

    /// <summary>What a launch costs.</summary>
    public required LaunchCosts Launch { get; init; }

    /// <summary>Dense peak rates in 10¹² operations a second by precision (<c>float32</c>, <c>tf32</c>, <c>float16</c>, …).</summary>
    public required IReadOnlyDictionary<string, double> PeakTflops { get; init; }

    /// <summary>How sharply several limits close to one another add up: total = (Σ tᵢᵏ)^(1/k). Larger is sharper.</summary>
    public required double OverlapExponent { get; init; }

    /// <summary>Efficiency of PyTorch's operators by class, 0–1; a class not listed is 1.0, that is not calibrated.</summary>
    public required IReadOnlyDictionary<string, double> OperatorEfficiency { get; init; }

    /// <summary>Where the figures come from, and which are assumptions.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>SHA-256 of the profile's JSON bytes as embedded, lower-case hexadecimal.</summary>
    [JsonIgnore]
    public string Sha256 { get; init; } = "";

    /// <summary>Bandwidth that a plain copy reaches, bytes a second.</summary>
    [JsonIgnore]
    public double AchievableDramBytesPerSecond => DramBandwidthGbs * 1e9 * AchievableDramShare;

    /// <summary>SM cycles a second.</summary>
    [JsonIgnore]
    public double CyclesPerSecond => ClockGhz * 1e9;

    /// <summary>The profile as its canonical JSON (snake_case, indented).</summary>
    public string ToJson() => GpuProfiles.Serialize(this);
}

/// <summary>Lanes that one SM's pipes take a cycle (CUDA C++ Programming Guide, arithmetic throughput table).</summary>
public sealed record PipeLanes
{
    /// <summary>float32 add, multiply, multiply-add.</summary>
    public required double Fma { get; init; }

    /// <summary>32-bit integer multiply-add, packed half precision: the heavy half of the FMA pipe.</summary>
    public required double IntegerMultiply { get; init; }

    /// <summary>Integer add, logic, shift, compare, select, min and max.</summary>
    public required double Alu { get; init; }

    /// <summary>Special functions and most conversions.</summary>
    public required double Xu { get; init; }

    /// <summary>float64.</summary>
    public required double Fp64 { get; init; }

    /// <summary>Loads, stores, shuffles: lanes of requests issued.</summary>
    public required double Lsu { get; init; }

    /// <summary>Address divergence unit and uniform datapath: barriers, constants by index, votes.</summary>
    public required double Uniform { get; init; }

    /// <summary>Branch unit.</summary>
    public required double Branch { get; init; }

    /// <summary>Dense float16 multiply-adds of the tensor cores.</summary>
    public required double TensorF16Fma { get; init; }
}

/// <summary>Latencies in SM cycles.</summary>
public sealed record LatencyCycles
{
    /// <summary>Register arithmetic.</summary>
    public required double Arithmetic { get; init; }

    /// <summary>Special function unit.</summary>
    public required double Special { get; init; }

    /// <summary>float64 arithmetic.</summary>
    public required double Fp64 { get; init; }

    /// <summary>One tensor core instruction.</summary>
    public required double Tensor { get; init; }

    /// <summary>Shared memory load without conflicts.</summary>
    public required double Shared { get; init; }

    /// <summary>Global load that hits in L1.</summary>
    public required double L1 { get; init; }

    /// <summary>Global load that hits in L2.</summary>
    public required double L2 { get; init; }

    /// <summary>Global load from DRAM.</summary>
    public required double Dram { get; init; }

    /// <summary>Block barrier when everyone is there.</summary>
    public required double Barrier { get; init; }

    /// <summary>Atomic with a result.</summary>
    public required double Atomic { get; init; }

    /// <summary>Warp shuffle, vote, match.</summary>
    public required double Shuffle { get; init; }

    /// <summary>Constant load that hits.</summary>
    public required double Constant { get; init; }
}

/// <summary>What a launch costs.</summary>
public sealed record LaunchCosts
{
    /// <summary>One launch from a stream, µs.</summary>
    public required double StreamUs { get; init; }

    /// <summary>One kernel node of a CUDA graph, µs: what the estimate adds.</summary>
    public required double GraphUs { get; init; }

    /// <summary>Cycles to place a block on an SM and start its warps.</summary>
    public required double BlockCycles { get; init; }

    /// <summary>Cycles between two atomics on one address in L2.</summary>
    public required double AtomicSameAddressCycles { get; init; }
}
