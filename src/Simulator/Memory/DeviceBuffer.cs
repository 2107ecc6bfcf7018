using System.Runtime.InteropServices;

namespace KernelForge.Simulator.Memory;

/// <summary>
/// What the interpreter needs of a buffer, in native memory. Small buffers are contiguous (<see cref="Data"/>). A large one is a table of
/// pages, each with an entry of its own that looks like a small buffer's: an access within one page is as fast as any.
/// The shadow has one byte a 4-byte word; bit i set: byte i was never written. Null: everything counts as written.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BufferEntry
{
    public ulong Start;
    public ulong Length;
    public byte* Data;
    public byte* Shadow;

    /// <summary>Of a paged buffer: its pages' entries, null where nothing touched the page yet.</summary>
    public BufferEntry** Pages;

    /// <summary>Of a page: the buffer's own entry.</summary>
    public BufferEntry* Owner;
    public int Id;
    public int ReadOnly;
}

/// <summary>A piece of simulated device memory.</summary>
public sealed unsafe class DeviceBuffer
{
    /// <summary>Bytes of a page of a paged buffer.</summary>
    /// <remarks>
    /// Small, so that a kernel that goes down columns takes the memory that it touches: with 64 KiB pages a block that sums a kilobyte of
    /// every 16 KiB row took all of it.
    /// </remarks>
    public const int PageBytes = 4096;

    private const int FillChunk = 65536;

    // Vector accesses may touch this much around the piece they use.
    internal const int Slack = 1024;

    internal BufferEntry* Entry;
    private readonly Lock gate = new();
    private ulong patternSeed;
    private bool hasPattern;
    private byte[]? valueFill;
    private bool initialised;
    private PageArena? arena;

    internal DeviceBuffer(BufferSpec spec, ulong address, int id, long contiguousLimit)
    {
        Spec = spec;
        Address = address;
        Id = id;
        initialised = spec.Initialised;
        Entry = (BufferEntry*)NativeMemory.AllocZeroed((nuint)sizeof(BufferEntry));
        Entry->Start = address;
        Entry->Length = (ulong)spec.ByteLength;
        Entry->Id = id;
        Entry->ReadOnly = spec.ReadOnly ? 1 : 0;
        IsPaged = spec.ByteLength > contiguousLimit;
        if (IsPaged)
        {
            nuint pages = (nuint)((spec.ByteLength + PageBytes - 1) / PageBytes);
            Entry->Pages = (BufferEntry**)NativeMemory.AllocZeroed(pages, (nuint)sizeof(BufferEntry*));
        }
        else
        {
            Entry->Data = AllocateBytes(spec.ByteLength);
            if (spec.Pages is { } source)
            {
                Span<byte> all = new(Entry->Data, (int)spec.ByteLength);
                for (int at = 0; at < all.Length; at += FillChunk)
                {
                    source.Fill(at, all.Slice(at, Math.Min(FillChunk, all.Length - at)));
                }
            }

            if (!initialised)
            {
                EnsureShadow(0x0f);
            }
        }
    }

    /// <summary>What it was made from.</summary>
    public BufferSpec Spec { get; }

    /// <summary>Virtual address of its first byte, a multiple of 256.</summary>
    public ulong Address { get; }

    /// <summary>Length in bytes.</summary>
    public long ByteLength => Spec.ByteLength;

    /// <summary>Bytes of host memory that its pages take now.</summary>
    public long ResidentBytes { get; private set; }

    internal int Id { get; }

    internal bool IsPaged { get; }

    internal bool IsFreed => Entry == null;

    /// <summary>Freed by device code: no address is in it any more, but blocks may still remember it.</summary>
    internal bool IsRetired { get; private set; }

    /// <summary>Given out again by device code.</summary>
    internal void Revive()
    {
        IsRetired = false;
        Entry->Length = (ulong)ByteLength;
    }

    internal void Retire()
    {
        IsRetired = true;
        Entry->Length = 0;
    }

    /// <summary>Bytes that nothing has written since the last <see cref="DeviceMemory.FillPattern"/>; 0 for initialised buffers.</summary>
    public long UnwrittenBytes => CountUnwritten(out _);

    /// <summary>True if some byte was never written; its offset in <paramref name="byteOffset"/>.</summary>
    public bool FirstUnwritten(out long byteOffset) => CountUnwritten(out byteOffset) > 0;

    /// <summary>Whether every one of some bytes was written, or counts as written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are not all in the buffer.</exception>
    public bool IsWritten(long byteOffset, int bytes)
    {
        Check(byteOffset, bytes);
        for (long at = byteOffset; !initialised && at < byteOffset + bytes; at++)
        {
            BufferEntry* entry = IsPaged ? Entry->Pages[at / PageBytes] : Entry;
            long within = IsPaged ? at % PageBytes : at;
            if (entry == null || (entry->Shadow != null && ((entry->Shadow[within / 4] >> (int)(within % 4)) & 1) != 0))
            {
                return false;
            }
        }

        return true;
    }

    private long CountUnwritten(out long first)
    {
        first = -1;
        if (initialised || Entry == null)
        {
            return 0;
        }

        long count = 0;
        long words = (ByteLength + 3) / 4;
        if (!IsPaged)
        {
            return Entry->Shadow == null ? 0 : CountShadow(Entry->Shadow, words, 0, ref first);
        }

        for (long page = 0; page * PageBytes < ByteLength; page++)
        {
            long bytes = Math.Min(PageBytes, ByteLength - (page * PageBytes));
            if (Entry->Pages[page] == null)
            {
                first = first < 0 ? page * PageBytes : first;
                count += bytes;
            }
            else
            {
                count += CountShadow(Entry->Pages[page]->Shadow, (bytes + 3) / 4, page * PageBytes, ref first);
            }
        }

        return count;
    }

    private long CountShadow(byte* shadow, long words, long offset, ref long first)
    {
        long count = 0;
        for (long w = 0; w < words; w++)
        {
            int bits = shadow[w];
            if (bits == 0)
            {
                continue;
            }

            for (int b = 0; b < 4; b++)
            {
                long at = offset + (w * 4) + b;
                if ((bits >> b & 1) != 0 && at < ByteLength)
                {
                    first = first < 0 ? at : first;
                    count++;
                }
            }
        }

        return count;
    }

    internal static byte* AllocateBytes(long length)
    {
        nuint total = (nuint)(length + (2 * Slack));
        byte* p = (byte*)NativeMemory.AlignedAlloc(total, 64);
        NativeMemory.Clear(p, total);
        return p + Slack;
    }

    internal static void FreeBytes(byte* p)
    {
        if (p != null)
        {
            NativeMemory.AlignedFree(p - Slack);
        }
    }

    private void EnsureShadow(byte value)
    {
        long words = (ByteLength + 3) / 4;
        if (Entry->Shadow == null)
        {
            Entry->Shadow = AllocateBytes(words);
        }

        new Span<byte>(Entry->Shadow, (int)words).Fill(value);
    }

    /// <summary>The page, made now if this is the first touch.</summary>
    internal BufferEntry* Page(long page)
    {
        BufferEntry* p = (BufferEntry*)Volatile.Read(ref *(nint*)&Entry->Pages[page]);
        return p != null ? p : MakePage(page);
    }

    private BufferEntry* MakePage(long page)
    {
        lock (gate)
        {
            BufferEntry* p = Entry->Pages[page];
            if (p != null)
            {
                return p;
            }

            arena ??= new PageArena(PageBytes, shadows: !initialised);
            p = arena.Next();
            p->Start = Entry->Start + ((ulong)page * PageBytes);
            p->Length = (ulong)Math.Min(PageBytes, ByteLength - (page * PageBytes));
            p->Owner = Entry;
            p->Id = Id;
            p->ReadOnly = Entry->ReadOnly;
            ResidentBytes += PageBytes;
            var bytes = new Span<byte>(p->Data, (int)p->Length);
            if (hasPattern)
            {
                Pattern(patternSeed, page * PageBytes, bytes);
            }
            else if (valueFill is { } value)
            {
                Repeat(value, page * PageBytes, bytes);
            }
            else if (Spec.Pages is { } source)
            {
                source.Fill(page * PageBytes, bytes);
            }
            else
            {
                bytes.Clear();
            }

            if (p->Shadow != null)
            {
                new Span<byte>(p->Shadow, PageBytes / 4).Fill(0x0f);
            }

            Volatile.Write(ref *(nint*)&Entry->Pages[page], (nint)p);
            return p;
        }
    }

    internal void Copy(long offset, Span<byte> destination)
    {
        Check(offset, destination.Length);
        if (!IsPaged)
        {
            new ReadOnlySpan<byte>(Entry->Data + offset, destination.Length).CopyTo(destination);
            return;
        }

        while (destination.Length > 0)
        {
            int within = (int)(offset % PageBytes);
            int n = Math.Min(destination.Length, PageBytes - within);
            new ReadOnlySpan<byte>(Page(offset / PageBytes)->Data + within, n).CopyTo(destination);
            destination = destination[n..];
            offset += n;
        }
    }

    internal void Store(long offset, ReadOnlySpan<byte> source)
    {
        Check(offset, source.Length);
        if (!IsPaged)
        {
            source.CopyTo(new Span<byte>(Entry->Data + offset, source.Length));
            if (Entry->Shadow != null)
            {
                MarkWritten(Entry->Shadow, offset, source.Length);
            }

            return;
        }

        while (source.Length > 0)
        {
            int within = (int)(offset % PageBytes);
            int n = Math.Min(source.Length, PageBytes - within);
            BufferEntry* page = Page(offset / PageBytes);
            source[..n].CopyTo(new Span<byte>(page->Data + within, n));
            if (page->Shadow != null)
            {
                MarkWritten(page->Shadow, within, n);
            }

            source = source[n..];
            offset += n;
        }
    }

    private static void MarkWritten(byte* shadow, long offset, int length)
    {
        for (long at = offset; at < offset + length;)
        {
            if ((at & 3) == 0 && at + 4 <= offset + length)
            {
                shadow[at >> 2] = 0;
                at += 4;
            }
            else
            {
                shadow[at >> 2] &= (byte)~(1 << (int)(at & 3));
                at++;
            }
        }
    }

    internal void FillPattern(ulong seed)
    {
        patternSeed = seed;
        hasPattern = true;
        valueFill = null;
        initialised = false;
        if (IsPaged)
        {
            DropPages();
            return;
        }

        Pattern(seed, 0, new Span<byte>(Entry->Data, (int)ByteLength));
        EnsureShadow(0x0f);
    }

    internal void FillValue(ReadOnlySpan<byte> element)
    {
        hasPattern = false;
        valueFill = element.ToArray();
        initialised = true;
        if (IsPaged)
        {
            DropPages();
            return;
        }

        Repeat(element, 0, new Span<byte>(Entry->Data, (int)ByteLength));
        if (Entry->Shadow != null)
        {
            FreeBytes(Entry->Shadow);
            Entry->Shadow = null;
        }
    }

    // An element may lie across two pages.
    private static void Repeat(ReadOnlySpan<byte> element, long offset, Span<byte> bytes)
    {
        int from = (int)(offset % element.Length);
        for (int i = 0; i < bytes.Length;)
        {
            int n = Math.Min(element.Length - from, bytes.Length - i);
            element.Slice(from, n).CopyTo(bytes[i..]);
            i += n;
            from = 0;
        }
    }

    /// <summary>A counter-based pattern whose words are quiet NaNs or large integers, so that using one shows.</summary>
    internal static void Pattern(ulong seed, long offset, Span<byte> bytes)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ulong counter = seed + ((ulong)offset / 8 * 0x9E3779B97F4A7C15UL);
        for (int i = 0; i < words.Length; i++)
        {
            counter += 0x9E3779B97F4A7C15UL;
            ulong z = (counter ^ (counter >> 30)) * 0xBF58476D1CE4E5B9UL;
            words[i] = (z ^ (z >> 27)) | 0x7FE000007FE00000UL;
        }

        for (int i = words.Length * 8; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(0x7f ^ i);
        }
    }

    /// <summary>A 64-bit hash of the whole contents: equal before and after means that nothing changed.</summary>
    internal ulong Hash()
    {
        ulong h = 0xcbf29ce484222325UL;
        byte[] chunk = new byte[PageBytes];
        for (long at = 0; at < ByteLength; at += PageBytes)
        {
            // An untouched page cannot have changed.
            if (IsPaged && Entry->Pages[at / PageBytes] == null)
            {
                continue;
            }

            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(PageBytes, ByteLength - at));
            Copy(at, part);
            foreach (ulong w in MemoryMarshal.Cast<byte, ulong>(part))
            {
                h = (h ^ w) * 0x9E3779B97F4A7C15UL;
                h ^= h >> 29;
            }

            foreach (byte b in part[(part.Length & ~7)..])
            {
                h = (h ^ b) * 0x100000001b3UL;
            }
        }

        return h;
    }

    private void DropPages()
    {
        if (arena is not null)
        {
            new Span<nint>(Entry->Pages, (int)((ByteLength + PageBytes - 1) / PageBytes)).Clear();
            arena.Dispose();
            arena = null;
        }

        ResidentBytes = 0;
    }

    private void Check(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(Entry == null, this);
        if (offset < 0 || offset + length > ByteLength)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes at {offset} are not in '{Spec.Name}' of {ByteLength} bytes");
        }
    }

    internal void Release()
    {
        if (Entry == null)
        {
            return;
        }

        if (IsPaged)
        {
            DropPages();
            NativeMemory.Free(Entry->Pages);
        }

        FreeBytes(Entry->Data);
        FreeBytes(Entry->Shadow);
        NativeMemory.Free(Entry);
        Entry = null;
    }
}
