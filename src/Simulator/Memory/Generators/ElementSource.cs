using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace KernelForge.Simulator.Memory.Generators;

/// <summary>
/// A generator over elements: makes values sixteen at a time from the element's number alone. Elements that a page
/// cuts in two are made whole and copied in part, so that pages fit together whatever their size.
/// </summary>
public abstract class ElementSource : IPageSource
{
    private const int Group = 16;

    /// <summary>Takes the element type.</summary>
    /// <param name="type">The element type.</param>
    protected ElementSource(ElementType type)
    {
        Type = type;
        ElementSize = ElementTypes.Size(type);
    }

    /// <summary>The element type.</summary>
    public ElementType Type { get; }

    /// <summary>Bytes of one element.</summary>
    public int ElementSize { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A negative offset.</exception>
    public void Fill(long byteOffset, Span<byte> page)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        var groupBytes = Group * ElementSize;
        Span<byte> scratch = stackalloc byte[Group * 8];
        while (!page.IsEmpty)
        {
            var group = byteOffset / groupBytes;
            var inside = (int)(byteOffset - (group * groupBytes));
            if (inside == 0 && page.Length >= groupBytes)
            {
                var whole = page.Length / groupBytes * groupBytes;
                FillGroups(group * Group, page[..whole]);
                page = page[whole..];
                byteOffset += whole;
                continue;
            }

            FillGroups(group * Group, scratch[..groupBytes]);
            var part = Math.Min(groupBytes - inside, page.Length);
            scratch.Slice(inside, part).CopyTo(page);
            page = page[part..];
            byteOffset += part;
        }
    }

    /// <summary>
    /// Writes whole groups of sixteen elements; <paramref name="firstElement"/> is a multiple of 16 and
    /// <paramref name="destination"/> holds a multiple of 16 elements.
    /// </summary>
    protected abstract void FillGroups(long firstElement, Span<byte> destination);

    /// <summary>Low words of sixteen consecutive element numbers.</summary>
    private protected static Vector512<uint> Lanes(long firstElement) =>
        Vector512.Create((uint)firstElement) + Vector512<uint>.Indices;

    /// <summary>Writes sixteen floats as elements of a floating type.</summary>
    private protected static void Store(ElementType type, Vector512<float> values, Span<byte> destination)
    {
        switch (type)
        {
            case ElementType.Float32:
                MemoryMarshal.Write(destination, values);
                break;
            case ElementType.Float16:
                MemoryMarshal.Write(destination, FloatNarrowing.ToHalf(values));
                break;
            case ElementType.BFloat16:
                MemoryMarshal.Write(destination, FloatNarrowing.ToBFloat16(values));
                break;
            default:
                throw new InvalidOperationException($"{type} is not written from floats.");
        }
    }
}
