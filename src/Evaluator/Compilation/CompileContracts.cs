using System.Text.Json.Serialization;
using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Compilation;

/// <summary>What to compile.</summary>
public sealed record CompileRequest
{
    /// <summary>The solution's text, plan comment included, so that line numbers are the file's own.</summary>
    public required string Source { get; init; }

    /// <summary>Kernels by name or name expression, distinct, with the places that errors name.</summary>
    public required IReadOnlyList<PlanExpression> Kernels { get; init; }

    /// <summary>Macros, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Defines { get; init; } = [];

    /// <summary>Options of the plan.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary><c>sm_70</c>, <c>sm_75</c>, <c>sm_80</c>, <c>sm_86</c>, <c>sm_89</c>, <c>sm_90</c>, <c>sm_90a</c>.</summary>
    public required string Architecture { get; init; }
}

/// <summary>What became of a compilation.</summary>
public abstract record CompileOutcome
{
    private protected CompileOutcome()
    {
    }

    /// <summary><c>nvrtc 12.4</c>; null where the compiler did not get that far.</summary>
    public string? Compiler { get; init; }

    /// <summary>Wall time of the call, milliseconds; near zero where the cache answered.</summary>
    public double ElapsedMs { get; init; }
}

/// <summary>It compiled.</summary>
public sealed record CompileResult : CompileOutcome
{
    /// <summary>PTX with line information; the signature probe's constants are taken out.</summary>
    public required string Ptx { get; init; }

    /// <summary>The cubin for the architecture (it still holds the probe's constants, a few bytes a kernel).</summary>
    public required ReadOnlyMemory<byte> Cubin { get; init; }

    /// <summary>Kernels by the name that the plan gives them.</summary>
    public required IReadOnlyDictionary<string, CompiledKernel> Kernels { get; init; }

    /// <summary>Warnings with the solution's line numbers, at most 64 KiB; empty where there are none.</summary>
    public string Log { get; init; } = "";
}

/// <summary>The compiler refused it, or ran out of time or memory: verdict <c>compile_error</c>.</summary>
public sealed record CompileFailure : CompileOutcome
{
    /// <summary>One sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The compiler's text with the solution's line numbers (<c>solution.cu(14): error: …</c>), at most 64 KiB.</summary>
    public required string Diagnostics { get; init; }
}

/// <summary>A kernel after compilation.</summary>
public sealed record CompiledKernel
{
    /// <summary>As the plan names it.</summary>
    public required string Name { get; init; }

    /// <summary>Its name in PTX and cubin.</summary>
    public required string LoweredName { get; init; }

    /// <summary>Its parameters.</summary>
    public required KernelSignature Signature { get; init; }

    /// <summary>Registers a thread.</summary>
    public int Registers { get; init; }

    /// <summary>Static shared memory a block, bytes.</summary>
    public long StaticSharedBytes { get; init; }

    /// <summary>Spill stores and loads, bytes.</summary>
    public int SpillBytes { get; init; }

    /// <summary>Stack frame a thread, bytes.</summary>
    public int StackBytes { get; init; }

    /// <summary>Constant memory by bank, summed, bytes.</summary>
    public int ConstantBytes { get; init; }

    /// <summary>Threads a block that <c>__launch_bounds__</c> allows; null: not said.</summary>
    public int? MaxThreads { get; init; }
}

/// <summary>A kernel's parameters and their block.</summary>
/// <param name="Parameters">In order.</param>
/// <param name="Bytes">Size of the parameter block.</param>
public sealed record KernelSignature(IReadOnlyList<KernelParameter> Parameters, int Bytes);

/// <summary>What a parameter is.</summary>
public enum ParameterKind
{
    /// <summary>A struct, or a type that the probe does not know.</summary>
    [JsonStringEnumMemberName("other")]
    Other,

    /// <summary>A pointer.</summary>
    [JsonStringEnumMemberName("pointer")]
    Pointer,

    /// <summary>An integer, a float or a bool.</summary>
    [JsonStringEnumMemberName("scalar")]
    Scalar,

    /// <summary>A 128-byte, 64-byte aligned struct: a TMA descriptor.</summary>
    [JsonStringEnumMemberName("tensor_map")]
    TensorMap,
}

/// <summary>One parameter.</summary>
public sealed record KernelParameter
{
    /// <summary>Pointer, scalar, …</summary>
    public required ParameterKind Kind { get; init; }

    /// <summary>Element type of a pointer, type of a scalar, in C++: <c>float</c>, <c>__half2</c>, <c>void</c>; null where the probe does not know it.</summary>
    public string? Element { get; init; }

    /// <summary>A pointer to const.</summary>
    public bool IsConst { get; init; }

    /// <summary>Bytes from the beginning of the parameter block.</summary>
    public required int Offset { get; init; }

    /// <summary>Bytes.</summary>
    public required int Size { get; init; }

    /// <summary>The parameter in C++, for messages: <c>const float*</c>.</summary>
    public string Describe() => Kind switch
    {
        ParameterKind.Pointer => $"{(IsConst ? "const " : "")}{Element ?? "(another type)"}*",
        ParameterKind.Scalar => Element!,
        ParameterKind.TensorMap => "CUtensorMap",
        _ => $"a struct of {Size} bytes",
    };
}

/// <summary>What the compiler process is asked.</summary>
internal sealed record CompilerRequest
{
    public required string Source { get; init; }

    public required IReadOnlyList<string> Kernels { get; init; }

    public required IReadOnlyList<string> Options { get; init; }
}

/// <summary>What the compiler process answers; of the parts below the first that is there counts.</summary>
internal sealed record CompilerReply
{
    public required string Compiler { get; init; }

    /// <summary>NVRTC failed for a reason that is not the source's.</summary>
    public string? Fault { get; init; }

    /// <summary>The kernel that the plan names wrongly, and the compiler's reason.</summary>
    public string? WrongKernel { get; init; }

    /// <summary>The compiler's text: errors, or why <see cref="WrongKernel"/> is wrong.</summary>
    public string? Diagnostics { get; init; }

    public string? Ptx { get; init; }

    public byte[]? Cubin { get; init; }

    public IReadOnlyList<CompiledKernel>? Kernels { get; init; }

    public string Log { get; init; } = "";
}

/// <summary>JSON between the evaluator, its compiler process and the cache.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CompilerRequest))]
[JsonSerializable(typeof(CompilerReply))]
internal sealed partial class CompileJson : JsonSerializerContext;
