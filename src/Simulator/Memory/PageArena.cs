using System.Runtime.InteropServices;

namespace KernelForge.Simulator.Memory;

/// <summary>Host memory for a buffer's pages: many to an allocation, side by side, so that a page costs little more than its bytes.</summary>
internal sealed unsafe class PageArena(int pageBytes, bool shadows) : IDisposable
{
    private const int FirstPages = 16;
    private const int MaxPages = 1024;
    private readonly List<nint> slabs = [];
    private BufferEntry* entries;
    private byte* data;
    private byte* shadow;
    private int left;
    private int size = FirstPages;

    /// <summary>An entry with room for a page, and for its shadow if the arena has shadows. Neither is filled.</summary>
    public BufferEntry* Next()
    {
        if (left == 0)
        {
            // Slack on both sides of each part: neighbours serve as slack between the pages, since only reads go over the edge.
            nuint words = shadows ? (nuint)(size * pageBytes / 4) + (2 * DeviceBuffer.Slack) : 0;
            nuint bytes = (nuint)(size * pageBytes) + (2 * DeviceBuffer.Slack);
            byte* slab = (byte*)NativeMemory.AlignedAlloc(bytes + words + (nuint)(size * sizeof(BufferEntry)), 64);
            slabs.Add((nint)slab);
            data = slab + DeviceBuffer.Slack;
            shadow = shadows ? slab + bytes + DeviceBuffer.Slack : null;
            entries = (BufferEntry*)(slab + bytes + words);
            left = size;
            size = Math.Min(size * 2, MaxPages);
        }

        left--;
        BufferEntry* entry = entries++;
        *entry = new BufferEntry { Data = data, Shadow = shadow };
        data += pageBytes;
        shadow += shadows ? pageBytes / 4 : 0;
        return entry;
    }

    public void Dispose()
    {
        foreach (nint slab in slabs)
        {
            NativeMemory.AlignedFree((void*)slab);
        }

        slabs.Clear();
        left = 0;
    }
}
