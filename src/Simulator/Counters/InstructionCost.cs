namespace KernelForge.Simulator.Counters;

/// <summary>What the result of an instruction waits for.</summary>
public enum LatencyClass
{
    /// <summary>Nothing waits for it (stores, branches, no-ops).</summary>
    None,

    /// <summary>Register arithmetic.</summary>
    Arithmetic,

    /// <summary>Special function unit.</summary>
    Special,

    /// <summary>float64 arithmetic.</summary>
    Fp64,

    /// <summary>Tensor core.</summary>
    Tensor,

    /// <summary>Shared memory.</summary>
    Shared,

    /// <summary>Global memory.</summary>
    Global,

    /// <summary>Local memory.</summary>
    Local,

    /// <summary>Constant memory by index.</summary>
    Constant,

    /// <summary>Atomic with a result.</summary>
    Atomic,

    /// <summary>Shuffle, vote, match, reduce across lanes.</summary>
    Shuffle,

    /// <summary>Block barrier.</summary>
    Barrier,

    /// <summary>Copies that finish later (<c>cp.async</c>).</summary>
    AsyncCopy,

    /// <summary>Waits for such copies.</summary>
    AsyncWait,
}

/// <summary>
/// What one warp's execution of a PTX instruction costs in SASS: issue slots, and of those how many go to each pipe.
/// A pipe's cycles are slots × 32 ÷ its lanes (<c>Model.PipeLanes</c>).
/// </summary>
public readonly record struct InstructionCost
{
    /// <summary>Issue slots of the usual path.</summary>
    public double Slots { get; init; }

    /// <summary>FMA pipe: float32 add, multiply, fma.</summary>
    public double Fma { get; init; }

    /// <summary>The heavy half of the FMA pipe: integer multiply-add, packed half precision.</summary>
    public double IntegerMultiply { get; init; }

    /// <summary>ALU pipe: integer add, logic, compare, select, min, max.</summary>
    public double Alu { get; init; }

    /// <summary>float64 pipe.</summary>
    public double Fp64 { get; init; }

    /// <summary>Special functions and conversions.</summary>
    public double Xu { get; init; }

    /// <summary>Load/store unit, shuffles included.</summary>
    public double Lsu { get; init; }

    /// <summary>Address divergence unit and uniform path: barriers, votes, indexed constants.</summary>
    public double Uniform { get; init; }

    /// <summary>Branch unit.</summary>
    public double Branch { get; init; }

    /// <summary>Tensor core work of one warp, in dense float16 multiply-adds.</summary>
    public double TensorF16Fma { get; init; }

    /// <summary>Tensor core instructions.</summary>
    public double Tensor { get; init; }

    /// <summary>What a reader of the result waits for.</summary>
    public LatencyClass Latency { get; init; }

    /// <summary>False where the table has no rule and one ALU slot was assumed.</summary>
    public bool IsKnown { get; init; }
}
