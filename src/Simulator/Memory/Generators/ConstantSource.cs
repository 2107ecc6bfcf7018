using System.Buffers.Binary;

namespace KernelForge.Simulator.Memory.Generators;

/// <summary>The same value everywhere; zeros are filled without a look at the type.</summary>
public sealed class ConstantSource : IPageSource
{
    private readonly byte[] _pattern;

    /// <summary>Makes the source.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="value">The value, rounded to the type.</param>
    public ConstantSource(ElementType type, double value)
    {
        _pattern = new byte[ElementTypes.Size(type)];
        switch (type)
        {
            case ElementType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(_pattern, (float)value);
                break;
            case ElementType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(_pattern, value);
                break;
            case ElementType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(_pattern, (Half)value);
                break;
            case ElementType.BFloat16:
                var narrowed = FloatNarrowing.ToBFloat16(System.Runtime.Intrinsics.Vector512.Create((float)value));
                BinaryPrimitives.WriteUInt16LittleEndian(_pattern, narrowed[0]);
                break;
            case ElementType.Int64:
                BinaryPrimitives.WriteInt64LittleEndian(_pattern, checked((long)value));
                break;
            case ElementType.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(_pattern, checked((int)value));
                break;
            default:
                _pattern[0] = checked((byte)value);
                break;
        }
    }

    /// <summary>Zeros of any type.</summary>
    public static ConstantSource Zeros { get; } = new(ElementType.UInt8, 0);

    /// <inheritdoc/>
    public void Fill(long byteOffset, Span<byte> page)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        if (_pattern.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            page.Clear();
            return;
        }

        var phase = (int)(byteOffset % _pattern.Length);
        for (var at = 0; at < Math.Min(page.Length, _pattern.Length); at++)
        {
            page[at] = _pattern[(phase + at) % _pattern.Length];
        }

        // Double what is there until the page is full.
        for (var filled = _pattern.Length; filled < page.Length; filled *= 2)
        {
            page[..Math.Min(filled, page.Length - filled)].CopyTo(page[filled..]);
        }
    }
}
