namespace KernelForge.Contracts.Plans;

/// <summary>
/// The declarative half of a solution (design §5): what <c>/*launch-plan … */</c> says, read but not yet resolved against
/// a task. Expressions are kept as text with their places.
/// </summary>
public sealed record LaunchPlan
{
    /// <summary>Scratch tensors, and fills of outputs, in the order written.</summary>
    public IReadOnlyList<PlanBuffer> Buffers { get; init; } = [];

    /// <summary>Tunables in the order written.</summary>
    public IReadOnlyList<PlanTunable> Tunables { get; init; } = [];

    /// <summary>Compile-time constants in the order written; a later one may use an earlier one.</summary>
    public IReadOnlyList<PlanDefine> Defines { get; init; } = [];

    /// <summary>Compiler options, all of <see cref="PlanReference.Options"/>.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>TMA descriptors, by name.</summary>
    public IReadOnlyList<PlanTensorMap> TensorMaps { get; init; } = [];

    /// <summary>Steps that run once per parameter set.</summary>
    public IReadOnlyList<PlanStep> Prepare { get; init; } = [];

    /// <summary>Steps of one execution.</summary>
    public required IReadOnlyList<PlanStep> Launches { get; init; }
}

/// <summary>One expression of a plan: its text and where it stands. A JSON number or boolean is an expression too.</summary>
/// <param name="Text">The expression.</param>
/// <param name="Place">Path in the plan: <c>launches[1].grid[0]</c>.</param>
/// <param name="Line">Line of its first character in the solution file, from 1; 0 where unknown.</param>
/// <param name="Column">Column of its first character, from 1; 0 where unknown.</param>
public sealed record PlanExpression(string Text, string Place, int Line = 0, int Column = 0)
{
    /// <summary>Written as a JSON number or boolean, not as a string.</summary>
    public bool IsLiteral { get; init; }
}

/// <summary>A scratch tensor, or the fill of an output (then dtype and shape are null).</summary>
public sealed record PlanBuffer
{
    /// <summary>Its name in arguments and expressions.</summary>
    public required PlanExpression Name { get; init; }

    /// <summary>Element type; null for an output's fill.</summary>
    public string? Dtype { get; init; }

    /// <summary>Elements by dimension; null for an output's fill.</summary>
    public IReadOnlyList<PlanExpression>? Shape { get; init; }

    /// <summary>Value of every element before the first launch; null: a fresh random pattern.</summary>
    public PlanExpression? Fill { get; init; }

    /// <summary>Written by <c>prepare</c> and kept between executions.</summary>
    public bool Persistent { get; init; }
}

/// <summary>A compile-time integer with candidate values.</summary>
/// <param name="Name">Symbol and macro.</param>
/// <param name="Values">Candidates, at least one, distinct, in the order written; the first is the default.</param>
public sealed record PlanTunable(PlanExpression Name, IReadOnlyList<long> Values);

/// <summary>A compile-time constant.</summary>
/// <param name="Name">Symbol and macro.</param>
/// <param name="Value">Its value.</param>
public sealed record PlanDefine(PlanExpression Name, PlanExpression Value);

/// <summary>A TMA descriptor (<c>cuTensorMapEncodeTiled</c>).</summary>
public sealed record PlanTensorMap
{
    /// <summary>Its name in arguments.</summary>
    public required PlanExpression Name { get; init; }

    /// <summary>The tensor described.</summary>
    public required PlanExpression Tensor { get; init; }

    /// <summary>Elements by dimension, outermost first as in the tensor's shape; null: the tensor's own shape.</summary>
    public IReadOnlyList<PlanExpression>? Shape { get; init; }

    /// <summary>Elements of a box by dimension, outermost first, each 1 to 256.</summary>
    public required IReadOnlyList<PlanExpression> Box { get; init; }

    /// <summary>Steps between elements of a box by dimension, outermost first, each 1 to 8; null: all 1.</summary>
    public IReadOnlyList<PlanExpression>? ElementStrides { get; init; }

    /// <summary><c>none</c>, <c>32b</c>, <c>64b</c>, <c>128b</c>.</summary>
    public string Swizzle { get; init; } = "none";

    /// <summary><c>none</c>, <c>16b</c>, <c>32b</c>.</summary>
    public string Interleave { get; init; } = "none";

    /// <summary><c>none</c>, <c>64b</c>, <c>128b</c>, <c>256b</c>.</summary>
    public string L2Promotion { get; init; } = "none";

    /// <summary><c>zero</c> or <c>nan</c>.</summary>
    public string OobFill { get; init; } = "zero";
}

/// <summary>One step of <c>prepare</c> or <c>launches</c>: a launch, a repeat or a library routine.</summary>
public abstract record PlanStep
{
    private protected PlanStep()
    {
    }

    /// <summary>Where it stands: <c>launches[1]</c> and the position of its opening brace.</summary>
    public required PlanExpression At { get; init; }

    /// <summary>Executed only where this is true (not zero); null: always.</summary>
    public PlanExpression? When { get; init; }
}

/// <summary>One kernel launch.</summary>
public sealed record PlanLaunch : PlanStep
{
    /// <summary>Kernel name or C++ name expression.</summary>
    public required PlanExpression Kernel { get; init; }

    /// <summary>Blocks by dimension (x, y, z), 1 to 3 of them.</summary>
    public required IReadOnlyList<PlanExpression> Grid { get; init; }

    /// <summary>Threads by dimension (x, y, z), 1 to 3 of them.</summary>
    public required IReadOnlyList<PlanExpression> Block { get; init; }

    /// <summary>Dynamic shared memory in bytes; null: none.</summary>
    public PlanExpression? SharedBytes { get; init; }

    /// <summary>Arguments in the kernel's order.</summary>
    public IReadOnlyList<PlanExpression> Args { get; init; } = [];

    /// <summary>All blocks are co-resident (grid-wide synchronisation is allowed).</summary>
    public bool Cooperative { get; init; }

    /// <summary>Blocks of a cluster by dimension; null: no clusters.</summary>
    public IReadOnlyList<PlanExpression>? Cluster { get; init; }
}

/// <summary>Steps executed several times.</summary>
public sealed record PlanRepeat : PlanStep
{
    /// <summary>Symbol that counts from 0.</summary>
    public required PlanExpression Index { get; init; }

    /// <summary>How often.</summary>
    public required PlanExpression Count { get; init; }

    /// <summary>What is repeated.</summary>
    public required IReadOnlyList<PlanStep> Launches { get; init; }
}

/// <summary>A named vendor routine: in the grammar, not yet executed by any platform.</summary>
public sealed record PlanLibraryStep : PlanStep
{
    /// <summary><c>gemm</c>, <c>batched_gemm</c> or <c>conv</c>.</summary>
    public required string Library { get; init; }

    /// <summary>Its parameters by name: tensors and expressions.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<PlanExpression>> Parameters { get; init; }
}
