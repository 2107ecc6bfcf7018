namespace KernelForge.Contracts.Tasks;

/// <summary>
/// What PyTorch's eager mode does for one forward of a preset, from a dispatch trace on fake tensors, and what no
/// implementation can avoid: the inputs of the modelled baseline and of the speed of light (design §8).
/// </summary>
public sealed record TaskTrace
{
    /// <summary>Preset traced.</summary>
    public required string Preset { get; init; }

    /// <summary>Operators that launch work, equal ones as one with a <see cref="TracedOperator.Count"/>, in the order in which they first ran. Views are left out.</summary>
    public required IReadOnlyList<TracedOperator> Operators { get; init; }

    /// <summary>Bytes that any implementation moves: inputs that the result depends on, parameters and outputs, each once; unique rows for index tasks; the stored half of triangular and symmetric inputs; nothing that windows skip.</summary>
    public required long CompulsoryBytes { get; init; }

    /// <summary>The same by tensor.</summary>
    public IReadOnlyDictionary<string, long> CompulsoryBytesByTensor { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();

    /// <summary>Inputs, parameters and buffers that no output depends on.</summary>
    public IReadOnlyList<string> UnusedTensors { get; init => field = value ?? []; } = [];

    /// <summary>Floating-point operations that the result needs: multiply and add count as two; one an element for the rest.</summary>
    public required double Flops { get; init; }

    /// <summary>Those of matrix products, convolutions and attention, which tensor cores can do.</summary>
    public required double MatrixFlops { get; init; }

    /// <summary>The task's own float: <c>float32</c>, <c>float16</c>, …</summary>
    public required string Precision { get; init; }

    /// <summary>What a person should know of the figures.</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];
}

/// <summary>One operator of a trace.</summary>
public sealed record TracedOperator
{
    /// <summary>PyTorch's name: <c>aten::addmm</c>.</summary>
    public required string Name { get; init; }

    /// <summary><c>matmul</c>, <c>convolution</c>, <c>attention</c>, <c>elementwise</c>, <c>reduction</c>, <c>normalization</c>, <c>softmax</c>, <c>pooling</c>, <c>index</c>, <c>resize</c>, <c>scan</c>, <c>sort</c>, <c>copy</c>, <c>fill</c>, <c>random</c>, <c>recurrent</c> or <c>other</c>.</summary>
    public required string OperatorClass { get; init; }

    /// <summary>Dtype that it computes in.</summary>
    public required string Precision { get; init; }

    /// <summary>Bytes read, each operand once.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Bytes written.</summary>
    public required long WrittenBytes { get; init; }

    /// <summary>Floating-point operations that it does.</summary>
    public required double Flops { get; init; }

    /// <summary>Those of them that the result needs: not what meets the zeros of a triangular or diagonal operand, nor what a mask hides.</summary>
    public required double NeededFlops { get; init; }

    /// <summary>How often it runs; the other figures are of one run.</summary>
    public required int Count { get; init; }
}
