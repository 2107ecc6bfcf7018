using System.Runtime.InteropServices;

namespace KernelForge.Evaluator.Plans;

/// <summary>Sizes in x, y, z.</summary>
/// <param name="X">In x.</param>
/// <param name="Y">In y.</param>
/// <param name="Z">In z.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Dim3(int X, int Y, int Z)
{
    /// <summary>All together.</summary>
    public long Count => (long)X * Y * Z;

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}

/// <summary>What the compiler needs of a plan, for one preset and one choice of tunables.</summary>
public sealed record CompileInputs
{
    /// <summary>Macros in order: tunables, then defines; the value is a C++ literal.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Defines { get; init; }

    /// <summary>Compiler options of the plan.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>Kernels of the plan, distinct, with the place that names each first.</summary>
    public required IReadOnlyList<KernelForge.Contracts.Plans.PlanExpression> Kernels { get; init; }
}

/// <summary>A plan with every expression evaluated for one preset, one choice of tunables and one device.</summary>
public sealed record ResolvedPlan
{
    /// <summary>The preset.</summary>
    public required string Preset { get; init; }

    /// <summary>The tunables chosen.</summary>
    public required IReadOnlyDictionary<string, long> Tunables { get; init; }

    /// <summary>Macros, options and kernels.</summary>
    public required CompileInputs Compilation { get; init; }

    /// <summary>Every tensor that arguments can name: the task's and scratch. An output that is an input does not stand here; arguments name the input.</summary>
    public required IReadOnlyList<ResolvedTensor> Tensors { get; init; }

    /// <summary>TMA descriptors.</summary>
    public required IReadOnlyList<ResolvedTensorMap> TensorMaps { get; init; }

    /// <summary>Steps that run once per parameter set: fills of persistent buffers, then <c>prepare</c>.</summary>
    public required StepSequence Prepare { get; init; }

    /// <summary>Steps of one execution: fills, then <c>launches</c>.</summary>
    public required StepSequence Launches { get; init; }

    /// <summary>A step names a vendor routine.</summary>
    public required bool UsesLibrary { get; init; }

    /// <summary>The plan has <c>prepare</c> steps.</summary>
    public bool Prepared => Prepare.Count > 0;

    /// <summary>The plan asks for <c>--use_fast_math</c>.</summary>
    public bool FastMath => Compilation.Options.Contains("--use_fast_math");

    /// <summary>Scratch in all, bytes.</summary>
    public long ScratchBytes => Tensors.Where(t => t.Kind == ResolvedTensorKind.Scratch).Sum(t => t.Bytes);

    /// <summary>A tensor by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public ResolvedTensor Tensor(string name)
        => Tensors.FirstOrDefault(t => t.Name == name) ?? throw new KeyNotFoundException($"no tensor '{name}' in this plan");
}

/// <summary>What a tensor is to a plan.</summary>
public enum ResolvedTensorKind
{
    /// <summary>An argument of forward.</summary>
    Input,

    /// <summary>A parameter of the module.</summary>
    Parameter,

    /// <summary>A buffer of the module.</summary>
    Buffer,

    /// <summary>A result of forward.</summary>
    Output,

    /// <summary>Declared in the plan's <c>buffers</c>.</summary>
    Scratch,
}

/// <summary>A tensor with concrete sizes.</summary>
public sealed record ResolvedTensor
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Input, parameter, module buffer, output or scratch.</summary>
    public required ResolvedTensorKind Kind { get; init; }

    /// <summary>Element type.</summary>
    public required string Dtype { get; init; }

    /// <summary>Elements by dimension.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Elements in all.</summary>
    public required long Numel { get; init; }

    /// <summary>Bytes of an element.</summary>
    public required int ElementBytes { get; init; }

    /// <summary><c>launches</c> may write it: outputs, scratch that is not persistent, inputs and state that the task lets change.</summary>
    public required bool Writable { get; init; }

    /// <summary>Scratch that <c>prepare</c> writes and <c>launches</c> only read.</summary>
    public bool Persistent { get; init; }

    /// <summary>Bytes in all.</summary>
    public long Bytes => Numel * ElementBytes;
}

/// <summary>One executed step.</summary>
/// <param name="Place">Where the plan says it: <c>launches[1].launches[0]</c>.</param>
public abstract record ResolvedStep(string Place);

/// <summary>Sets every element of a tensor.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Pattern">The bytes of one element.</param>
/// <param name="Place">Where the plan says it.</param>
public sealed record FillStep(string Tensor, ReadOnlyMemory<byte> Pattern, string Place) : ResolvedStep(Place);

/// <summary>A vendor routine; no platform executes it yet.</summary>
/// <param name="Library">Its name.</param>
/// <param name="Place">Where the plan says it.</param>
public sealed record LibraryStep(string Library, string Place) : ResolvedStep(Place);

/// <summary>One kernel launch.</summary>
/// <param name="Kernel">The kernel as the plan names it: the key of <c>CompileResult.Kernels</c>.</param>
/// <param name="Grid">Blocks.</param>
/// <param name="Block">Threads.</param>
/// <param name="SharedBytes">Dynamic shared memory, bytes.</param>
/// <param name="Cooperative">All blocks are co-resident.</param>
/// <param name="Cluster">Blocks of a cluster; null: no clusters.</param>
/// <param name="Arguments">In the kernel's order.</param>
/// <param name="IsPrepare">It belongs to <c>prepare</c>.</param>
/// <param name="Source">The launch as written, for errors.</param>
/// <param name="Place">Where the plan says it.</param>
public sealed record LaunchStep(
    string Kernel,
    Dim3 Grid,
    Dim3 Block,
    long SharedBytes,
    bool Cooperative,
    Dim3? Cluster,
    IReadOnlyList<ResolvedArgument> Arguments,
    bool IsPrepare,
    KernelForge.Contracts.Plans.PlanLaunch Source,
    string Place) : ResolvedStep(Place);

/// <summary>One argument of a launch.</summary>
/// <param name="At">Where the plan says it.</param>
public abstract record ResolvedArgument(KernelForge.Contracts.Plans.PlanExpression At);

/// <summary>A tensor from an element on.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="ElementOffset">Elements from its beginning.</param>
/// <param name="At">Where the plan says it.</param>
public sealed record TensorArgument(string Tensor, long ElementOffset, KernelForge.Contracts.Plans.PlanExpression At) : ResolvedArgument(At);

/// <summary>A number or truth value.</summary>
/// <param name="Value">A <see cref="Expressions.Value.Integer"/>, <see cref="Expressions.Value.Float"/> or <see cref="Expressions.Value.Bool"/>.</param>
/// <param name="At">Where the plan says it.</param>
public sealed record ScalarArgument(Expressions.Value Value, KernelForge.Contracts.Plans.PlanExpression At) : ResolvedArgument(At);

/// <summary>A TMA descriptor.</summary>
/// <param name="TensorMap">Its name.</param>
/// <param name="At">Where the plan says it.</param>
public sealed record TensorMapArgument(string TensorMap, KernelForge.Contracts.Plans.PlanExpression At) : ResolvedArgument(At);

/// <summary>A TMA descriptor as <c>cuTensorMapEncodeTiled</c> takes it: innermost dimension first.</summary>
public sealed record ResolvedTensorMap
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The tensor described.</summary>
    public required string Tensor { get; init; }

    /// <summary>Bytes from the tensor's beginning; a multiple of 16.</summary>
    public required long ByteOffset { get; init; }

    /// <summary>Element type.</summary>
    public required string Dtype { get; init; }

    /// <summary>Elements by dimension, innermost first.</summary>
    public required IReadOnlyList<long> Dimensions { get; init; }

    /// <summary>Bytes between elements of dimension 1, 2, … (one fewer than dimensions), each a multiple of 16.</summary>
    public required IReadOnlyList<long> StrideBytes { get; init; }

    /// <summary>Elements of a box, innermost first.</summary>
    public required IReadOnlyList<int> Box { get; init; }

    /// <summary>Steps between elements, innermost first.</summary>
    public required IReadOnlyList<int> ElementStrides { get; init; }

    /// <summary><c>none</c>, <c>32b</c>, <c>64b</c>, <c>128b</c>.</summary>
    public required string Swizzle { get; init; }

    /// <summary><c>none</c>, <c>16b</c>, <c>32b</c>.</summary>
    public required string Interleave { get; init; }

    /// <summary><c>none</c>, <c>64b</c>, <c>128b</c>, <c>256b</c>.</summary>
    public required string L2Promotion { get; init; }

    /// <summary><c>zero</c> or <c>nan</c>.</summary>
    public required string OobFill { get; init; }
}
