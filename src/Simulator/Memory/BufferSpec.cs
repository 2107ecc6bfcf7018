namespace KernelForge.Simulator.Memory;

/// <summary>What a device buffer is.</summary>
public sealed record BufferSpec
{
    /// <summary>The name findings use: the tensor's.</summary>
    public required string Name { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long ByteLength { get; init; }

    /// <summary>Bytes of an element, for indexes in findings.</summary>
    public int ElementSize { get; init; } = 4;

    /// <summary>The element type's name, for messages.</summary>
    public string ElementType { get; init; } = "float32";

    /// <summary>Writes are refused and recorded as <see cref="BufferViolation"/>.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>True: the contents count as written (inputs). False: reading before writing is a finding (scratch, outputs).</summary>
    public bool Initialised { get; init; }

    /// <summary>Where pages come from; null: zero, or the pattern of <see cref="DeviceMemory.FillPattern"/>.</summary>
    public IPageSource? Pages { get; init; }
}

/// <summary>A kernel wrote to a read-only buffer. The write was not done.</summary>
/// <param name="Buffer">The buffer's name.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="SourceLine">Line of the store, 0 where unknown.</param>
/// <param name="Block">Block index.</param>
/// <param name="Thread">Thread index.</param>
/// <param name="ByteOffset">Where in the buffer.</param>
public sealed record BufferViolation(
    string Buffer, string Kernel, int SourceLine, (int X, int Y, int Z) Block, (int X, int Y, int Z) Thread, long ByteOffset);
