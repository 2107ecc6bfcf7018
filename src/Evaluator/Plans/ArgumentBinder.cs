using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Compilation;

namespace KernelForge.Evaluator.Plans;

/// <summary>A launch with its arguments in the form that a kernel takes them.</summary>
public sealed record BoundLaunch
{
    /// <summary>The launch.</summary>
    public required LaunchStep Launch { get; init; }

    /// <summary>The kernel.</summary>
    public required CompiledKernel Kernel { get; init; }

    /// <summary>The parameter block; pointers and descriptors are zero until addresses are known.</summary>
    public required ReadOnlyMemory<byte> Parameters { get; init; }

    /// <summary>Where pointers go.</summary>
    public required IReadOnlyList<PointerSlot> Pointers { get; init; }

    /// <summary>Where descriptors go.</summary>
    public required IReadOnlyList<TensorMapSlot> TensorMaps { get; init; }
}

/// <summary>A pointer in a parameter block.</summary>
/// <param name="Offset">Bytes from the block's beginning.</param>
/// <param name="Tensor">The tensor that it points into.</param>
/// <param name="ByteOffset">Bytes from the tensor's beginning.</param>
/// <param name="IsConst">The kernel promises to read only.</param>
public sealed record PointerSlot(int Offset, string Tensor, long ByteOffset, bool IsConst);

/// <summary>A 128-byte descriptor in a parameter block.</summary>
/// <param name="Offset">Bytes from the block's beginning.</param>
/// <param name="TensorMap">The descriptor's name.</param>
public sealed record TensorMapSlot(int Offset, string TensorMap);

/// <summary>Checks a launch against the kernel's real signature and converts its arguments (design §5).</summary>
public sealed class ArgumentBinder
{
    private const int RegistersPerSm = 65_536;

    private static readonly HashSet<string> Bytes = ["void", "char", "signed char", "unsigned char"];

    private readonly Dictionary<string, ResolvedTensor> _tensors;
    private readonly IReadOnlyDictionary<string, CompiledKernel> _kernels;
    private readonly DeviceLimits _device;

    /// <summary>Binds launches of <paramref name="plan"/> to <paramref name="kernels"/>, by the plan's names.</summary>
    public ArgumentBinder(ResolvedPlan plan, IReadOnlyDictionary<string, CompiledKernel> kernels, DeviceLimits device)
    {
        _tensors = plan.Tensors.ToDictionary(t => t.Name);
        _kernels = kernels;
        _device = device;
    }

    /// <summary>Binds one launch.</summary>
    /// <exception cref="PlanException">The arguments do not fit the kernel, or the kernel does not fit the launch.</exception>
    public BoundLaunch Bind(LaunchStep launch)
    {
        CompiledKernel kernel = _kernels[launch.Kernel];
        CheckResources(launch, kernel);
        KernelSignature signature = kernel.Signature;
        if (launch.Arguments.Count != signature.Parameters.Count)
        {
            throw new PlanException(
                $"{launch.Place}.args",
                $"{launch.Arguments.Count} arguments; kernel '{launch.Kernel}' takes {signature.Parameters.Count}: ({string.Join(", ", signature.Parameters.Select(p => p.Describe()))})",
                launch.Source.At.Line,
                launch.Source.At.Column);
        }

        byte[] block = new byte[signature.Bytes];
        var pointers = new List<PointerSlot>();
        var maps = new List<TensorMapSlot>();
        for (int i = 0; i < signature.Parameters.Count; i++)
        {
            KernelParameter parameter = signature.Parameters[i];
            switch (launch.Arguments[i])
            {
                case TensorArgument tensor:
                    pointers.Add(Pointer(launch, tensor, parameter));
                    break;
                case TensorMapArgument map:
                    maps.Add(Descriptor(map, parameter));
                    break;
                case ScalarArgument scalar:
                    CheckScalar(launch, scalar, parameter);
                    ScalarConversion.Write(scalar, parameter, block.AsSpan(parameter.Offset, parameter.Size));
                    break;
            }
        }

        return new BoundLaunch { Launch = launch, Kernel = kernel, Parameters = block, Pointers = pointers, TensorMaps = maps };
    }

    private void CheckResources(LaunchStep launch, CompiledKernel kernel)
    {
        PlanLaunch source = launch.Source;
        if (kernel.MaxThreads is { } most && launch.Block.Count > most)
        {
            throw new PlanException(source.Block[0], $"{launch.Block.Count} threads in a block; '{launch.Kernel}' is compiled for at most {most} (__launch_bounds__)");
        }

        long shared = kernel.StaticSharedBytes + launch.SharedBytes;
        if (shared > _device.MaxSharedBytes)
        {
            throw new PlanException(
                source.SharedBytes ?? source.Kernel,
                $"{shared} bytes of shared memory ({kernel.StaticSharedBytes} declared in '{launch.Kernel}' and {launch.SharedBytes} dynamic); at most {_device.MaxSharedBytes} on {_device.Device}: use smaller tiles or fewer stages");
        }

        // Registers are given to warps in units of 256 (8 a thread).
        long warps = (launch.Block.Count + 31) / 32;
        long registers = (kernel.Registers + 7) / 8 * 8 * 32 * warps;
        if (registers > RegistersPerSm)
        {
            throw new PlanException(source.Block[0], $"{launch.Block.Count} threads of {kernel.Registers} registers need {registers} registers; a block has at most {RegistersPerSm}: use fewer threads, __launch_bounds__, or -maxrregcount");
        }
    }

    private PointerSlot Pointer(LaunchStep launch, TensorArgument argument, KernelParameter parameter)
    {
        ResolvedTensor tensor = _tensors[argument.Tensor];
        if (parameter.Kind != ParameterKind.Pointer)
        {
            throw new PlanException(argument.At, $"'{tensor.Name}' is a tensor ({tensor.Dtype}); the parameter of '{launch.Kernel}' is {parameter.Describe()}: {Remedy(parameter, tensor)}");
        }

        IReadOnlyList<string> fitting = PlanDtype.Find(tensor.Dtype)?.Cuda ?? [];
        if (parameter.Element is null || !(Bytes.Contains(parameter.Element) || fitting.Contains(parameter.Element)))
        {
            throw new PlanException(
                argument.At,
                $"'{tensor.Name}' is {tensor.Dtype}; the parameter of '{launch.Kernel}' is {parameter.Describe()}; expected a pointer to {string.Join(", ", fitting.Append("void").Append("unsigned char").Distinct())}: change the parameter, and reinterpret_cast inside the kernel where another view is meant");
        }

        bool writable = launch.IsPrepare ? tensor.Persistent : tensor.Writable;
        if (!writable && !parameter.IsConst)
        {
            throw new PlanException(argument.At, $"'{tensor.Name}' is {WhyConst(tensor)}; the parameter of '{launch.Kernel}' is {parameter.Describe()}: declare it const {parameter.Describe()}");
        }

        return new PointerSlot(parameter.Offset, tensor.Name, argument.ElementOffset * tensor.ElementBytes, parameter.IsConst);
    }

    private static string Remedy(KernelParameter parameter, ResolvedTensor tensor)
        => parameter.Kind == ParameterKind.Scalar
            ? $"pass a number, as in {tensor.Name}.numel, or make the parameter a pointer"
            : "parameters are pointers, numbers, bools and tensor maps; pass the parts one by one";

    private static string WhyConst(ResolvedTensor tensor) => tensor.Kind switch
    {
        ResolvedTensorKind.Input => "an input, which must stay unchanged",
        ResolvedTensorKind.Parameter => "a parameter of the module, which must stay unchanged",
        ResolvedTensorKind.Buffer => "a buffer of the module, which must stay unchanged",
        _ when tensor.Persistent => "persistent, which only prepare writes",
        _ => "read-only here",
    };

    private static TensorMapSlot Descriptor(TensorMapArgument argument, KernelParameter parameter)
        => parameter.Kind == ParameterKind.TensorMap
            ? new TensorMapSlot(parameter.Offset, argument.TensorMap)
            : throw new PlanException(argument.At, $"'{argument.TensorMap}' is a tensor map; the parameter is {parameter.Describe()}: declare it const __grid_constant__ CUtensorMap");

    private static void CheckScalar(LaunchStep launch, ScalarArgument argument, KernelParameter parameter)
    {
        if (parameter.Kind == ParameterKind.Scalar)
        {
            return;
        }

        string remedy = parameter.Kind switch
        {
            ParameterKind.Pointer => "pass a tensor or at(tensor, offset)",
            ParameterKind.TensorMap => "pass a tensor map of \"tensor_maps\" by name",
            _ => "struct parameters cannot be passed; pass their parts one by one",
        };
        throw new PlanException(argument.At, $"{argument.Value} is {argument.Value.Kind}; the parameter of '{launch.Kernel}' is {parameter.Describe()}: {remedy}");
    }
}
