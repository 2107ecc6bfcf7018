using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Tests;

/// <summary>All bytes of a device memory, and which of them count as written.</summary>
internal sealed unsafe class MemoryImage
{
    private readonly List<(DeviceBuffer Buffer, byte[]? Data, byte[]? Shadow, Dictionary<long, (byte[] Data, byte[]? Shadow)> Pages)> all = [];

    public MemoryImage(DeviceMemory memory)
    {
        foreach (DeviceBuffer buffer in memory.Buffers)
        {
            var pages = new Dictionary<long, (byte[] Data, byte[]? Shadow)>();
            if (buffer.IsPaged)
            {
                for (long page = 0; page < PageCount(buffer); page++)
                {
                    BufferEntry* entry = buffer.Entry->Pages[page];
                    if (entry != null)
                    {
                        pages[page] = (Bytes(entry->Data, (long)entry->Length)!, Bytes(entry->Shadow, DeviceBuffer.PageBytes / 4));
                    }
                }
            }

            all.Add((buffer, Bytes(buffer.Entry->Data, buffer.ByteLength), Bytes(buffer.Entry->Shadow, (buffer.ByteLength + 3) / 4), pages));
        }
    }

    /// <summary>Puts everything back as it was; pages that were not there are gone again.</summary>
    public void Restore()
    {
        foreach ((DeviceBuffer buffer, byte[]? data, byte[]? shadow, Dictionary<long, (byte[] Data, byte[]? Shadow)> pages) in all)
        {
            Put(data, buffer.Entry->Data);
            Put(shadow, buffer.Entry->Shadow);
            for (long page = 0; buffer.IsPaged && page < PageCount(buffer); page++)
            {
                if (!pages.TryGetValue(page, out (byte[] Data, byte[]? Shadow) image))
                {
                    buffer.Entry->Pages[page] = null;
                    continue;
                }

                Put(image.Data, buffer.Entry->Pages[page]->Data);
                Put(image.Shadow, buffer.Entry->Pages[page]->Shadow);
            }
        }
    }

    /// <summary>The first difference, or null.</summary>
    public static string? Difference(MemoryImage expected, MemoryImage actual)
    {
        foreach (((DeviceBuffer buffer, byte[]? data, byte[]? shadow, Dictionary<long, (byte[] Data, byte[]? Shadow)> pages), var other) in expected.all.Zip(actual.all))
        {
            string? difference = Difference(data, other.Data, "byte") ?? Difference(shadow, other.Shadow, "written state of word");
            foreach ((long page, (byte[] Data, byte[]? Shadow) image) in pages)
            {
                difference ??= other.Pages.TryGetValue(page, out (byte[] Data, byte[]? Shadow) same)
                    ? Difference(image.Data, same.Data, $"page {page} byte") ?? Difference(image.Shadow, same.Shadow, $"page {page} written state of word")
                    : $"page {page} is missing";
            }

            if (difference is not null)
            {
                return $"{buffer.Spec.Name}: {difference}";
            }
        }

        return null;
    }

    private static string? Difference(byte[]? expected, byte[]? actual, string what)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual.AsSpan());
        return at == (expected?.Length ?? 0) ? null : $"{what} {at}: {expected![at]} in the interpreter, {actual![at]} in compiled code";
    }

    private static long PageCount(DeviceBuffer buffer) => (buffer.ByteLength + DeviceBuffer.PageBytes - 1) / DeviceBuffer.PageBytes;

    private static byte[]? Bytes(byte* from, long length) => from == null ? null : new ReadOnlySpan<byte>(from, (int)length).ToArray();

    private static void Put(byte[]? bytes, byte* to) => bytes.AsSpan().CopyTo(new Span<byte>(to, bytes?.Length ?? 0));
}
