using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Compilation;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;
using PtxParameter = KernelForge.Simulator.Parsing.PtxParameter;

namespace KernelForge.Evaluator.Platforms.Sim.Launching;

/// <summary>A kernel's parameter as a launch sees it: from the compiler's signature, or, less exactly, from PTX.</summary>
internal sealed record LaunchParameter
{
    /// <summary>Its name in the source, or <c>arg0</c>.</summary>
    public required string Name { get; init; }

    /// <summary>In C++ (<c>const float*</c>) or in PTX (<c>.u64</c>).</summary>
    public required string Description { get; init; }

    /// <summary>Bytes from the beginning of the parameter block.</summary>
    public required int Offset { get; init; }

    /// <summary>Bytes.</summary>
    public required int Size { get; init; }

    /// <summary>A buffer may be passed.</summary>
    public required bool TakesBuffer { get; init; }

    /// <summary>A tensor map may be passed.</summary>
    public bool TakesMap => Size == TensorMap.Bytes && !TakesBuffer && Scalar is null;

    /// <summary>A number may be passed: its dtype; null: it may not.</summary>
    public required string? Scalar { get; init; }

    /// <summary>Dtypes that a buffer may have; empty: any.</summary>
    public required IReadOnlyList<string> Dtypes { get; init; }

    /// <summary>The parameters of a kernel.</summary>
    public static IReadOnlyList<LaunchParameter> Of(PtxFunction kernel, CompiledKernel? compiled, IReadOnlyList<string> names)
    {
        var named = names.Count == kernel.Parameters.Count;
        string Name(int at) => named ? names[at] : $"arg{at}";
        return compiled is null
            ? [.. kernel.Parameters.Select((parameter, at) => OfPtx(parameter, Name(at)))]
            : [.. compiled.Signature.Parameters.Select((parameter, at) => OfSignature(parameter, Name(at)))];
    }

    private static LaunchParameter OfSignature(KernelParameter parameter, string name) => new()
    {
        Name = name,
        Description = parameter.Describe(),
        Offset = parameter.Offset,
        Size = parameter.Size,
        TakesBuffer = parameter.Kind == ParameterKind.Pointer,
        Scalar = parameter.Kind == ParameterKind.Scalar ? ScalarOf(parameter.Element!, parameter.Size) : null,
        Dtypes = parameter.Element is null or "void" or "char" ? [] : [.. PlanReference.Dtypes.Where(dtype => dtype.Cuda.Contains(parameter.Element)).Select(dtype => dtype.Name)],
    };

    // PTX tells sizes and floats; a .u64 is a pointer or an integer.
    private static LaunchParameter OfPtx(PtxParameter parameter, string name)
    {
        var single = parameter.Size == parameter.Type.Size();
        return new LaunchParameter
        {
            Name = name,
            Description = single ? $".{parameter.Type.ToString().ToLowerInvariant()}" : $"a struct of {parameter.Size} bytes",
            Offset = parameter.Offset,
            Size = parameter.Size,
            TakesBuffer = single && parameter.Size == 8 && !parameter.Type.IsFloat(),
            Scalar = !single ? null : parameter.Type switch
            {
                PtxType.F64 => "float64",
                PtxType.F32 => "float32",
                PtxType.F16 => "float16",
                PtxType.BF16 => "bfloat16",
                _ when parameter.Size > 8 => null,
                _ => $"{(parameter.Type.IsSigned() ? "int" : "uint")}{parameter.Size * 8}",
            },
            Dtypes = [],
        };
    }

    private static string ScalarOf(string element, int size) => element switch
    {
        "float" => "float32",
        "double" => "float64",
        "__half" => "float16",
        "__nv_bfloat16" => "bfloat16",
        "bool" => "bool",
        _ => $"{(element.StartsWith("unsigned", StringComparison.Ordinal) ? "uint" : "int")}{size * 8}",
    };
}
