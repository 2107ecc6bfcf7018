using System.Buffers.Binary;
using System.Globalization;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Ptx;
using KernelForge.Simulator.Memory;

namespace KernelForge.Evaluator.Platforms.Sim.Launching;

/// <summary>A buffer made for an argument.</summary>
/// <param name="Buffer">Where it lies.</param>
/// <param name="Type">Dtype.</param>
/// <param name="Shape">Elements by dimension.</param>
/// <param name="IsOutput">The kernel is to write all of it.</param>
/// <param name="HashBefore">Of its contents before the launch.</param>
internal sealed record ArgumentBuffer(DeviceBuffer Buffer, string Type, IReadOnlyList<long> Shape, bool IsOutput, ulong HashBefore);

/// <summary>The arguments of a launch as buffers in device memory and a parameter block.</summary>
internal sealed class BoundArguments
{
    private const long MostBytes = 2L << 30;
    private const int ChunkElements = 1 << 16;
    private readonly DeviceMemory _memory;
    private readonly PtxLaunch _launch;
    private readonly List<ArgumentBuffer> _buffers = [];
    private long _bytes;

    /// <summary>Checks, allocates and fills.</summary>
    /// <param name="kernel">The kernel's name, for messages.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="blockBytes">Bytes of its parameter block.</param>
    /// <param name="launch">The arguments.</param>
    /// <param name="memory">Where to allocate.</param>
    /// <exception cref="WrongArgumentException">They do not fit.</exception>
    public BoundArguments(string kernel, IReadOnlyList<LaunchParameter> parameters, int blockBytes, PtxLaunch launch, DeviceMemory memory)
    {
        _memory = memory;
        _launch = launch;
        Block = new byte[blockBytes];
        var arguments = launch.Arguments.Count == 0 && launch.Elements is { } elements
            ? [.. parameters.Select(parameter => MadeUp(parameter, elements))]
            : launch.Arguments;
        if (arguments.Count != parameters.Count)
        {
            var takes = parameters.Count == 0 ? "none" : $"{parameters.Count}: {string.Join(", ", parameters.Select(p => $"{p.Description} {p.Name}"))}";
            throw new WrongArgumentException(
                $"{arguments.Count} arguments; {kernel} takes {takes}. Give one --arg each, in this order, or --elements N to have them made up");
        }

        for (var at = 0; at < parameters.Count; at++)
        {
            try
            {
                Bind(parameters[at], arguments[at], launch.Seed + (ulong)at);
            }
            catch (WrongArgumentException error)
            {
                throw new WrongArgumentException($"--arg '{arguments[at].Text}' for {parameters[at].Description} {parameters[at].Name} (parameter {at + 1} of {kernel}): {error.Message}", error.ExitCode);
            }
        }
    }

    /// <summary>The parameter block.</summary>
    public byte[] Block { get; }

    /// <summary>The buffers, in order.</summary>
    public IReadOnlyList<ArgumentBuffer> Buffers => _buffers;

    /// <summary>Pointers get random elements that count as written, so that kernels which update in place find something; numbers get the size.</summary>
    private static PtxArgument MadeUp(LaunchParameter parameter, long elements)
    {
        if (parameter.TakesBuffer)
        {
            var type = parameter.Dtypes.Count > 0 ? parameter.Dtypes[0] : "float32";
            var high = ElementCodec.IsInteger(type) ? Math.Min(elements, PlanDtype.BytesOf(type) == 1 ? 2 : elements) : 1;
            var zero = type.StartsWith("float8", StringComparison.Ordinal);
            return new PtxArgument { Text = $"{type}[{elements}]={(zero ? "zeros" : "random")}", Fill = zero ? PtxFill.Constant : PtxFill.Random, Type = type, Shape = [elements], High = high };
        }

        var digits = parameter.Scalar is { } scalar && scalar.Contains("int", StringComparison.Ordinal) ? elements.ToString(CultureInfo.InvariantCulture) : "1";
        return new PtxArgument { Text = digits, Fill = PtxFill.Scalar, Value = digits };
    }

    private void Bind(LaunchParameter parameter, PtxArgument argument, ulong seed)
    {
        var place = Block.AsSpan(parameter.Offset, parameter.Size);
        if (argument.Fill == PtxFill.Scalar)
        {
            BindScalar(parameter, argument, place);
            return;
        }

        if (argument.Box is { } box)
        {
            BindMap(parameter, argument, box, seed, place);
            return;
        }

        if (!parameter.TakesBuffer)
        {
            throw new WrongArgumentException(parameter.Scalar is { } scalar
                ? $"expected a number, as in {scalar}:1; found a buffer"
                : parameter.TakesMap ? $"expected a tensor map, as in map:32x32:{argument.Text}; found a buffer"
                : "structs cannot be passed from the command line; write the kernel with pointers and numbers");
        }

        if (argument.Fill == PtxFill.Null)
        {
            return;
        }

        var buffer = Allocate(parameter, argument, seed);
        _buffers.Add(buffer);
        BinaryPrimitives.WriteUInt64LittleEndian(place, buffer.Buffer.Address);
    }

    private void BindMap(LaunchParameter parameter, PtxArgument argument, IReadOnlyList<int> box, ulong seed, Span<byte> place)
    {
        if (!parameter.TakesMap)
        {
            throw new WrongArgumentException($"a tensor map goes to a const __grid_constant__ CUtensorMap; this is {parameter.Description}");
        }

        var buffer = Allocate(parameter, argument, seed);
        var size = PlanDtype.BytesOf(buffer.Type);
        long[] dimensions = [.. buffer.Shape.Reverse()];
        var strides = new long[Math.Max(0, dimensions.Length - 1)];
        long bytes = size;
        for (var at = 0; at < strides.Length; at++)
        {
            strides[at] = bytes *= dimensions[at];
        }

        var inner = (long)box[^1] * size;
        if (dimensions.Length is < 1 or > 5 || box.Count != dimensions.Length || strides.Any(stride => stride % 16 != 0) || inner % 16 != 0 || (argument.SwizzleBytes > 0 && inner > argument.SwizzleBytes))
        {
            throw new WrongArgumentException(
                $"a tensor map has 1 to 5 dimensions, a box with one extent for each, rows of a multiple of 16 bytes in tensor and box, and a box no wider than its swizzle; found {buffer.Type}[{string.Join('x', buffer.Shape)}] with a box of {string.Join('x', box)}");
        }

        _buffers.Add(buffer);
        new TensorMap
        {
            Address = buffer.Buffer.Address,
            Type = SimLaunch.ElementOf(buffer.Type),
            Dimensions = dimensions,
            StrideBytes = strides,
            Box = [.. box.Reverse()],
            ElementStrides = [.. Enumerable.Repeat(1, box.Count)],
            Swizzle = argument.SwizzleBytes switch { 32 => TensorSwizzle.Bytes32, 64 => TensorSwizzle.Bytes64, 128 => TensorSwizzle.Bytes128, _ => TensorSwizzle.None },
        }.Encode(place);
    }

    private static void BindScalar(LaunchParameter parameter, PtxArgument argument, Span<byte> place)
    {
        if (parameter.Scalar is not { } scalar)
        {
            throw new WrongArgumentException(parameter.TakesBuffer
                ? $"expected a buffer, as in {(parameter.Dtypes.Count > 0 ? parameter.Dtypes[0] : "float32")}[1024]=random, or null; found a number"
                : "structs cannot be passed from the command line; write the kernel with pointers and numbers");
        }

        if (argument.Type is { } type && ElementCodec.IsInteger(type) != ElementCodec.IsInteger(scalar) && ElementCodec.IsInteger(scalar))
        {
            throw new WrongArgumentException($"expected {scalar}; found {type}");
        }

        ElementCodec.Write(argument.Value!, scalar, place);
    }

    private ArgumentBuffer Allocate(LaunchParameter parameter, PtxArgument argument, ulong seed)
    {
        var file = argument.Fill == PtxFill.File ? ArgumentFile.Read(argument.File!) : null;
        var type = argument.Type ?? file?.Type
            ?? throw new WrongArgumentException($"{argument.File} holds raw elements; say of which type, as in float32[]=@{argument.File}");
        if (file?.Type is { } stored && stored != type)
        {
            throw new WrongArgumentException($"{argument.File} holds {stored}, not {type}");
        }

        if (parameter.Dtypes.Count > 0 && !parameter.Dtypes.Contains(type))
        {
            throw new WrongArgumentException($"expected a buffer of {string.Join(" or ", parameter.Dtypes)}; found {type}");
        }

        var size = PlanDtype.BytesOf(type);
        var shape = argument.Shape.Count > 0 ? argument.Shape : file is null ? [0] : file.Shape.Count > 0 ? file.Shape : [file.Bytes.Length / size];
        var bytes = shape.Aggregate((Int128)size, (product, extent) => product * extent);
        if (file is not null && bytes != file.Bytes.Length)
        {
            throw new WrongArgumentException($"{argument.File} holds {file.Bytes.Length} bytes of elements; {type}[{string.Join('x', shape)}] has {bytes}", 65);
        }

        if (bytes + _bytes > MostBytes)
        {
            throw new WrongArgumentException($"with it all buffers have {bytes + _bytes} bytes; at most {MostBytes} are possible");
        }

        _bytes += (long)bytes;
        var buffer = _memory.Allocate(new BufferSpec
        {
            Name = parameter.Name,
            ByteLength = (long)bytes,
            ElementSize = size,
            ElementType = type,
            Initialised = argument.Fill != PtxFill.Output,
        });
        if (argument.Fill == PtxFill.Output)
        {
            _memory.FillPattern(buffer, _launch.Seed ^ seed);
        }
        else if (file is not null)
        {
            _memory.Write(buffer, 0, file.Bytes);
        }
        else
        {
            Fill(buffer, argument, type, size, seed);
        }

        return new ArgumentBuffer(buffer, type, shape, argument.Fill == PtxFill.Output, _memory.Hash(buffer));
    }

    private void Fill(DeviceBuffer buffer, PtxArgument argument, string type, int size, ulong seed)
    {
        // A generator that stays the same on every machine and version; System.Random does for a given seed.
        var random = new Random(unchecked((int)(seed * 0x9E3779B1)));
        var chunk = new byte[ChunkElements * size];
        var count = buffer.ByteLength / size;
        for (long first = 0; first < count; first += ChunkElements)
        {
            var here = (int)Math.Min(ChunkElements, count - first);
            for (var at = 0; at < here; at++)
            {
                var value = argument.Fill switch
                {
                    PtxFill.Iota => argument.Low + first + at,
                    PtxFill.Random when ElementCodec.IsInteger(type) => Math.Floor(argument.Low + (random.NextDouble() * (argument.High - argument.Low))),
                    PtxFill.Random => argument.Low + (random.NextDouble() * (argument.High - argument.Low)),
                    _ => argument.Low,
                };
                ElementCodec.Write(value, type, chunk.AsSpan(at * size, size));
            }

            _memory.Write(buffer, first * size, chunk.AsSpan(0, here * size));
        }
    }
}
