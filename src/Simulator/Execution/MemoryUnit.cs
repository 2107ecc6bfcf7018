using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Execution.Vectors;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// Loads and stores of every space, width and vector length. A warp's access is tested as a whole: contiguous or all the same address, one
/// bounds and alignment test, one test of the shadow. What fails any test goes lane by lane through <see cref="Resolve"/>, which also makes
/// the findings.
/// </summary>
internal static unsafe class MemoryUnit
{
    /// <summary>The buffer that an address belongs to, or the page of a paged one; remembered for the instruction's next access.</summary>
    public static BufferEntry* Lookup(BlockContext block, Instruction* ins, ulong address)
    {
        DeviceBuffer? buffer = block.Launch.Memory.Find(address);
        if (buffer is null || buffer.IsFreed)
        {
            return block.Empty;
        }

        BufferEntry* entry = buffer.Entry;
        if (buffer.IsPaged)
        {
            ulong offset = address - entry->Start;
            if (offset >= entry->Length)
            {
                return block.Empty;
            }

            entry = buffer.Page((long)(offset / DeviceBuffer.PageBytes));
        }

        block.Cache[ins - block.Launch.Code] = entry;
        return entry;
    }

    /// <summary>A load of any space, width and vector length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask)
    {
        PtxType type = (PtxType)ins->Type;
        int size = type.Size();
        int count = Math.Max(1, ins->D2);
        int total = size * count;
        int* rows = block.Launch.Extra + ins->C;
        bool wide = (ins->Mod & Mod.D64) != 0;
        bool signed = type.IsSigned();
        if (!block.Launch.CheckRaces && FastRange(block, ins, R, mask, total, write: false, out byte* range, out long stride))
        {
            if (count == 1 && size == 8 && stride == 8)
            {
                Store64(R + ins->D, mask, L(range, 0), L(range, 1), L(range, 2), L(range, 3));
                return;
            }

            if (size == 4 && !wide && count == 4 && stride == 16 && mask == uint.MaxValue)
            {
                for (int lane = 0; lane < 32; lane += 4)
                {
                    byte* p = range + (lane * 16);
                    Transpose(Vector128.Load((uint*)p), Vector128.Load((uint*)(p + 16)), Vector128.Load((uint*)(p + 32)), Vector128.Load((uint*)(p + 48)), out Vector128<uint> x, out Vector128<uint> y, out Vector128<uint> z, out Vector128<uint> w);
                    x.Store((uint*)(R + rows[0]) + lane);
                    y.Store((uint*)(R + rows[1]) + lane);
                    z.Store((uint*)(R + rows[2]) + lane);
                    w.Store((uint*)(R + rows[3]) + lane);
                }

                return;
            }

            if (size == 4 && !wide)
            {
                for (int k = 0; k < count; k++)
                {
                    uint* d = (uint*)(R + rows[k]);
                    byte* p = range + (k * 4);
                    if (mask == uint.MaxValue)
                    {
                        for (int lane = 0; lane < 32; lane++)
                        {
                            d[lane] = *(uint*)(p + (lane * stride));
                        }
                    }
                    else
                    {
                        for (uint m = mask; m != 0; m &= m - 1)
                        {
                            int lane = BitOperations.TrailingZeroCount(m);
                            d[lane] = *(uint*)(p + (lane * stride));
                        }
                    }
                }

                return;
            }

            for (uint m = mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                byte* p = range + (lane * stride);
                for (int k = 0; k < count; k++)
                {
                    Put(R + rows[k], lane, wide, Fetch(p + (k * size), size, signed));
                }
            }

            return;
        }

        if (block.Launch.CheckRaces && RaceRange(block, warp, ins, R, mask, total, AccessKind.Read, out byte* data))
        {
            if (size == 4 && count == 1 && !wide && mask == uint.MaxValue)
            {
                // A 32-bit destination is never the address's own row.
                uint* d = (uint*)(R + rows[0]);
                ulong* from = (ulong*)(R + ins->A);
                for (int lane = 0; lane < 32; lane += 2)
                {
                    d[lane] = *(uint*)(data + from[lane]);
                    d[lane + 1] = *(uint*)(data + from[lane + 1]);
                }

                return;
            }

            for (uint m = mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                byte* p = data + ((ulong*)(R + ins->A))[lane];
                for (int k = 0; k < count; k++)
                {
                    Put(R + rows[k], lane, wide, Fetch(p + (k * size), size, signed));
                }
            }

            return;
        }

        ulong* addresses = (ulong*)(R + ins->A);

        // Registers may be both address and destination: addresses are read before anything is written.
        Span<ulong> values = stackalloc ulong[32 * 8];
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            byte* p = Resolve(block, warp, ins, lane, addresses[lane] + (ulong)ins->Imm, total, AccessKind.Read);
            for (int k = 0; k < count; k++)
            {
                values[(lane * 8) + k] = p == null ? 0 : Fetch(p + (k * size), size, signed);
            }
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            for (int k = 0; k < count; k++)
            {
                Put(R + rows[k], lane, wide, values[(lane * 8) + k]);
            }
        }
    }

    /// <summary>Four lanes' vectors of four words to four rows of four lanes, and back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector128<uint> a, Vector128<uint> b, Vector128<uint> c, Vector128<uint> d, out Vector128<uint> x, out Vector128<uint> y, out Vector128<uint> z, out Vector128<uint> w)
    {
        Vector128<ulong> ab = Sse2.UnpackLow(a, b).AsUInt64();
        Vector128<ulong> cd = Sse2.UnpackLow(c, d).AsUInt64();
        x = Sse2.UnpackLow(ab, cd).AsUInt32();
        y = Sse2.UnpackHigh(ab, cd).AsUInt32();
        ab = Sse2.UnpackHigh(a, b).AsUInt64();
        cd = Sse2.UnpackHigh(c, d).AsUInt64();
        z = Sse2.UnpackLow(ab, cd).AsUInt32();
        w = Sse2.UnpackHigh(ab, cd).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fetch(byte* p, int size, bool signed) => size switch
    {
        1 => signed ? (ulong)*(sbyte*)p : *p,
        2 => signed ? (ulong)*(short*)p : *(ushort*)p,
        4 => signed ? (ulong)*(int*)p : *(uint*)p,
        _ => *(ulong*)p,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(byte* row, int lane, bool wide, ulong value)
    {
        if (wide)
        {
            ((ulong*)row)[lane] = value;
        }
        else
        {
            ((uint*)row)[lane] = (uint)value;
        }
    }

    /// <summary>A store of any space, width and vector length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask)
    {
        int size = ((PtxType)ins->Type).Size();
        int count = Math.Max(1, ins->D2);
        int total = size * count;
        int* rows = block.Launch.Extra + ins->C;
        bool wide = (ins->Mod & Mod.D64) != 0;
        if (!block.Launch.CheckRaces && FastRange(block, ins, R, mask, total, write: true, out byte* range, out long stride))
        {
            if (size == 4 && !wide && count == 4 && mask == uint.MaxValue)
            {
                for (int lane = 0; lane < 32; lane += 4)
                {
                    byte* p = range + (lane * 16);
                    Transpose(Vector128.Load((uint*)(R + rows[0]) + lane), Vector128.Load((uint*)(R + rows[1]) + lane), Vector128.Load((uint*)(R + rows[2]) + lane), Vector128.Load((uint*)(R + rows[3]) + lane), out Vector128<uint> x, out Vector128<uint> y, out Vector128<uint> z, out Vector128<uint> w);
                    x.Store((uint*)p);
                    y.Store((uint*)(p + 16));
                    z.Store((uint*)(p + 32));
                    w.Store((uint*)(p + 48));
                }

                return;
            }

            for (uint m = mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                byte* p = range + (lane * stride);
                for (int k = 0; k < count; k++)
                {
                    Put(p + (k * size), size, wide ? ((ulong*)(R + rows[k]))[lane] : ((uint*)(R + rows[k]))[lane]);
                }
            }

            return;
        }

        ulong* addresses = (ulong*)(R + ins->A);
        if (block.Launch.CheckRaces && RaceRange(block, warp, ins, R, mask, total, AccessKind.Write, out byte* data))
        {
            for (uint m = mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                byte* p = data + addresses[lane];
                for (int k = 0; k < count; k++)
                {
                    Put(p + (k * size), size, wide ? ((ulong*)(R + rows[k]))[lane] : ((uint*)(R + rows[k]))[lane]);
                }
            }

            return;
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            byte* p = Resolve(block, warp, ins, lane, addresses[lane] + (ulong)ins->Imm, total, AccessKind.Write);
            if (p == null)
            {
                continue;
            }

            for (int k = 0; k < count; k++)
            {
                Put(p + (k * size), size, wide ? ((ulong*)(R + rows[k]))[lane] : ((uint*)(R + rows[k]))[lane]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(byte* p, int size, ulong value)
    {
        switch (size)
        {
            case 1:
                *p = (byte)value;
                break;
            case 2:
                *(ushort*)p = (ushort)value;
                break;
            case 4:
                *(uint*)p = (uint)value;
                break;
            default:
                *(ulong*)p = value;
                break;
        }
    }

    /// <summary>
    /// Lanes at base + lane · size (or all at one address) in one contiguous global or shared buffer, in bounds, aligned and written:
    /// then <paramref name="range"/> is where lane 0 would be. Stores mark the words written here.
    /// </summary>
    private static bool FastRange(BlockContext block, Instruction* ins, byte* R, uint mask, int total, bool write, out byte* range, out long stride)
    {
        range = null;
        stride = total;
        PtxSpace space = (PtxSpace)ins->Type2;
        ulong* addresses = (ulong*)(R + ins->A);
        int first = BitOperations.TrailingZeroCount(mask);
        int last = 31 - BitOperations.LeadingZeroCount(mask);
        ulong address = addresses[first] + (ulong)ins->Imm;
        BufferEntry* entry;
        if (space == PtxSpace.Shared)
        {
            entry = block.SharedEntry;
        }
        else if (space is PtxSpace.Global or PtxSpace.Generic or PtxSpace.Constant)
        {
            entry = block.Cache[ins - block.Launch.Code];
            if (address - entry->Start >= entry->Length)
            {
                entry = Lookup(block, ins, address);
            }
        }
        else
        {
            return false;
        }

        ulong offset = address - entry->Start;
        if (offset >= entry->Length || entry->Data == null || (offset & (ulong)(total - 1)) != 0 || (write && entry->ReadOnly != 0))
        {
            return false;
        }

        ulong origin = addresses[first] - ((ulong)first * (ulong)total);
        Vector512<ulong> ramp = (Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7) * (ulong)total) + Vector512.Create(origin);
        Vector512<ulong> step = Vector512.Create((ulong)total * 8);
        byte* row = (byte*)addresses;
        uint equal = Bits64(Vector512.Equals(L(row, 0), ramp), Vector512.Equals(L(row, 1), ramp + step), Vector512.Equals(L(row, 2), ramp + step + step), Vector512.Equals(L(row, 3), ramp + step + step + step));
        ulong length;
        if ((equal & mask) == mask)
        {
            length = (ulong)(last - first + 1) * (ulong)total;
            range = entry->Data + (long)offset - ((long)first * total);
        }
        else if (!write)
        {
            Vector512<ulong> one = Vector512.Create(addresses[first]);
            equal = Bits64(Vector512.Equals(L(row, 0), one), Vector512.Equals(L(row, 1), one), Vector512.Equals(L(row, 2), one), Vector512.Equals(L(row, 3), one));
            if ((equal & mask) != mask)
            {
                return false;
            }

            stride = 0;
            length = (ulong)total;
            range = entry->Data + offset;
        }
        else
        {
            return false;
        }

        if (offset + length > entry->Length)
        {
            return false;
        }

        if (entry->Shadow != null)
        {
            if (write)
            {
                if (BitOperations.PopCount(mask) != last - first + 1 || ((offset | length) & 3) != 0)
                {
                    return false;
                }

                new Span<byte>(entry->Shadow + (offset >> 2), (int)(length >> 2)).Clear();
            }
            else if (block.Launch.CheckInitialised && new ReadOnlySpan<byte>(entry->Shadow + (offset >> 2), (int)(((offset & 3) + length + 3) >> 2)).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Under race checks: whole words of one buffer or page, in bounds, aligned, and written where they are read. Nothing but races can be
    /// wrong then; they are looked for here, and stores mark their words. <paramref name="data"/> is what to add to a lane's address.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool RaceRange(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask, int total, AccessKind kind, out byte* data)
    {
        data = null;
        PtxSpace space = (PtxSpace)ins->Type2;
        if ((total & 3) != 0 || space is not (PtxSpace.Global or PtxSpace.Shared))
        {
            return false;
        }

        ulong* addresses = (ulong*)(R + ins->A);
        ulong toOffset = (ulong)ins->Imm;
        BufferEntry* entry = block.SharedEntry;
        if (space == PtxSpace.Global)
        {
            ulong first = addresses[BitOperations.TrailingZeroCount(mask)] + toOffset;
            entry = block.Cache[ins - block.Launch.Code];
            if (first - entry->Start >= entry->Length)
            {
                entry = Lookup(block, ins, first);
            }

            toOffset -= entry->Start;
        }

        if ((WordAccess.Inside((byte*)addresses, toOffset, entry->Length, (ulong)total) & mask) != mask || (kind != AccessKind.Read && entry->ReadOnly != 0))
        {
            return false;
        }

        if (kind == AccessKind.Read && entry->Shadow != null && block.Launch.CheckInitialised)
        {
            uint unwritten = 0;
            for (uint m = mask; m != 0; m &= m - 1)
            {
                byte* words = entry->Shadow + ((addresses[BitOperations.TrailingZeroCount(m)] + toOffset) >> 2);
                for (int k = 0; k < total / 4; k++)
                {
                    unwritten |= words[k];
                }
            }

            if (unwritten != 0)
            {
                return false;
            }
        }

        int code = (int)(ins - block.Launch.Code);
                if (space == PtxSpace.Shared)
        {
            RaceUnit.SharedWarp(block, warp, block.SharedRaceWords!, code, addresses, toOffset, mask, total, kind, ins->Mod);
        }
        else if (block.Launch.GlobalRaces is { } races && entry->ReadOnly == 0)
        {
            RaceUnit.GlobalWarp(block, warp, races, code, addresses, (ulong)ins->Imm, mask, total, kind, ins->Mod);
        }

        if (kind == AccessKind.Write && entry->Shadow != null)
        {
            for (uint m = mask; m != 0; m &= m - 1)
            {
                byte* words = entry->Shadow + ((addresses[BitOperations.TrailingZeroCount(m)] + toOffset) >> 2);
                for (int k = 0; k < total / 4; k++)
                {
                    words[k] = 0;
                }
            }
        }

        data = entry->Data + (long)toOffset;
        return true;
    }

    /// <summary>
    /// One lane's access, checked in full. Null: it does not happen (out of bounds, misaligned, read-only); the finding is made.
    /// </summary>
    public static byte* Resolve(BlockContext block, WarpState warp, Instruction* ins, int lane, ulong address, int size, AccessKind kind)
    {
        PtxSpace space = (PtxSpace)ins->Type2;
        if (ins->Op == Op.CpAsync)
        {
            space = kind == AccessKind.Read ? PtxSpace.Global : PtxSpace.Shared;
        }

        int code = (int)(ins - block.Launch.Code);
        if (space == PtxSpace.Generic)
        {
            if (address - AddressWindow.Shared < AddressWindow.Size)
            {
                space = PtxSpace.Shared;
                address -= AddressWindow.Shared;
            }
            else if (address - AddressWindow.Local < AddressWindow.Size)
            {
                space = PtxSpace.Local;
                address -= AddressWindow.Local;
            }
            else if (address - AddressWindow.Parameter < AddressWindow.Size)
            {
                space = PtxSpace.Parameter;
                address -= AddressWindow.Parameter;
            }
            else
            {
                space = PtxSpace.Global;
            }
        }

        // Parameters of device functions are aligned to 4 at least; packed ones to less.
        bool misaligned = (address & (ulong)(size - 1)) != 0 && (ins->Mod & Mod.Unaligned) == 0;
        BufferEntry* entry;
        switch (space)
        {
            case PtxSpace.Shared:
                entry = block.SharedEntry;
                if (address + (ulong)size > entry->Length || address >= entry->Length)
                {
                    FindingMaker.SharedBounds(block, warp, code, lane, address, size, kind);
                    return null;
                }

                if (misaligned)
                {
                    FindingMaker.Misaligned(block, warp, code, lane, address, size, kind, "shared memory");
                    return null;
                }

                if (block.SharedRaceWords is { } words)
                {
                    RaceUnit.Shared(block, warp, words, code, lane, (int)address, size, kind, ins->Mod);
                }

                break;
            case PtxSpace.Local:
                if (address + (ulong)size > (ulong)block.LocalBytes || address >= (ulong)block.LocalBytes)
                {
                    block.Report(
                        kind == AccessKind.Read ? FindingKind.OutOfBoundsRead : FindingKind.OutOfBoundsWrite, warp, code, lane,
                        $"{Verb(kind)} of {size} bytes at byte {(long)address} of the thread's local memory; it has {block.LocalBytes} bytes", "local memory", null, (long)address, size);
                    return null;
                }

                if (misaligned)
                {
                    FindingMaker.Misaligned(block, warp, code, lane, address, size, kind, "local memory");
                    return null;
                }

                return block.Local + ((((long)warp.Index * 32) + lane) * block.LocalBytes) + (long)address;
            case PtxSpace.Parameter:
                if (address + (ulong)size > (ulong)block.Program.Kernel.ParameterBytes || kind != AccessKind.Read)
                {
                    block.Report(
                        kind == AccessKind.Read ? FindingKind.OutOfBoundsRead : FindingKind.ReadOnlyWrite, warp, code, lane,
                        $"{Verb(kind)} of {size} bytes at byte {(long)address} of the kernel's parameters; they have {block.Program.Kernel.ParameterBytes} bytes", "parameters", null, (long)address, size);
                    return null;
                }

                return block.Launch.Parameters + address;
            default:
                entry = block.Cache[code];
                if (address - entry->Start >= entry->Length)
                {
                    entry = Lookup(block, ins, address);
                }

                ulong at = address - entry->Start;
                bool fits = at < entry->Length && at + (ulong)size <= entry->Length;
                if (!fits && at < entry->Length && entry->Owner != null)
                {
                    // From one page into the next, which only a misaligned access does.
                    fits = address - entry->Owner->Start + (ulong)size <= entry->Owner->Length;
                }

                if (!fits)
                {
                    FindingMaker.GlobalBounds(block, warp, code, lane, address, size, kind);
                    return null;
                }

                if (misaligned)
                {
                    FindingMaker.Misaligned(block, warp, code, lane, address, size, kind, null);
                    return null;
                }

                if (entry->ReadOnly != 0 && kind != AccessKind.Read)
                {
                    FindingMaker.ReadOnly(block, warp, code, lane, address, size);
                    return null;
                }

                if (block.Launch.GlobalRaces is { } races && entry->ReadOnly == 0)
                {
                    RaceUnit.Global(block, warp, races, code, lane, address, size, kind, ins->Mod);
                }

                address = at;
                break;
        }

        byte* data = entry->Data;
        byte* shadow = entry->Shadow;
        if (shadow != null)
        {
            byte* words = shadow + (address >> 2);
            if (size >= 4)
            {
                uint unwritten = 0;
                for (int k = 0; k < size / 4; k++)
                {
                    unwritten |= words[k];
                    if (kind == AccessKind.Write)
                    {
                        words[k] = 0;
                    }
                }

                if (unwritten != 0 && kind != AccessKind.Write && block.Launch.CheckInitialised)
                {
                    FindingMaker.Uninitialised(block, warp, code, lane, entry, space, address, size);
                }

                if (kind == AccessKind.Atomic)
                {
                    new Span<byte>(words, size / 4).Clear();
                }
            }
            else
            {
                int bits = ((1 << size) - 1) << (int)(address & 3);
                if (kind != AccessKind.Write && (*words & bits) != 0 && block.Launch.CheckInitialised)
                {
                    FindingMaker.Uninitialised(block, warp, code, lane, entry, space, address, size);
                }

                if (kind != AccessKind.Read)
                {
                    if (block.Launch.ManyCores)
                    {
                        ClearShared(words, bits);
                    }
                    else
                    {
                        *words &= (byte)~bits;
                    }
                }
            }
        }

        return data + address;
    }

    // Blocks on other cores may clear other bytes of the same word.
    private static void ClearShared(byte* word, int bits)
    {
        ref byte b = ref *word;
        while (true)
        {
            byte seen = Volatile.Read(ref b);
            if (Interlocked.CompareExchange(ref b, (byte)(seen & ~bits), seen) == seen)
            {
                return;
            }
        }
    }

    public static string Verb(AccessKind kind) => kind switch { AccessKind.Read => "read", AccessKind.Write => "write", _ => "atomic access" };

    public static void AsyncCopy(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask)
    {
        int size = ins->D2;
        long toOffset = block.Launch.Extra[ins->C];
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            int take = ins->D == 0 ? size : (int)Math.Min((uint)size, ((uint*)(R + ins->D))[lane]);
            byte* to = Resolve(block, warp, ins, lane, ((ulong*)(R + ins->A))[lane] + (ulong)toOffset, size, AccessKind.Write);
            byte* from = take == 0 ? null : Resolve(block, warp, ins, lane, ((ulong*)(R + ins->B))[lane] + (ulong)ins->Imm, take is 4 or 8 or 16 ? take : 1, AccessKind.Read);
            if (to != null)
            {
                block.AsyncCopies?.Begin((warp.Index * 32) + lane, (int)(to - block.SharedEntry->Data), size);
                new Span<byte>(to, size).Clear();
                if (from != null)
                {
                    new Span<byte>(from, take).CopyTo(new Span<byte>(to, size));
                }
            }
        }
    }

    /// <summary>A commit (Imm -1), or a wait for all groups but the newest Imm; -2: for all copies. Data is there at once: only races ask who waited.</summary>
    public static void AsyncWait(AsyncCopies copies, BlockContext block, WarpState warp, Instruction* ins, uint mask)
    {
        if (ins->Imm != -1)
        {
            copies.Wait(warp.Index, mask, ins->Imm == -2 ? -1 : (int)ins->Imm, block.Clocks!.Clock(warp.Index));
            return;
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            copies.Commit((warp.Index * 32) + BitOperations.TrailingZeroCount(m));
        }
    }

    public static uint IsSpace(Instruction* ins, byte* R)
    {
        ulong* addresses = (ulong*)(R + ins->A);
        uint bits = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            ulong a = addresses[lane];
            int space = a - AddressWindow.Shared < AddressWindow.Size ? 3 : a - AddressWindow.Local < AddressWindow.Size ? 2 : a - AddressWindow.Parameter < AddressWindow.Size ? 4 : 0;
            bits |= space == ins->Imm ? 1u << lane : 0;
        }

        return bits;
    }

    public static void Observe<TObserver>(BlockContext block, byte* R, Instruction* ins, uint mask, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        AccessKind kind = ins->Op is Op.St or Op.St32Global or Op.St32Shared ? AccessKind.Write : ins->Op == Op.Atom ? AccessKind.Atomic : AccessKind.Read;
        int bytes = ((PtxType)ins->Type).Size() * (ins->Op == Op.Atom ? 1 : Math.Max(1, ins->D2));
        Report(block, R, ins, ins->A, ins->Imm, (PtxSpace)ins->Type2, kind, bytes, mask, ref observer);
    }

    public static void ObserveCopy<TObserver>(BlockContext block, byte* R, Instruction* ins, uint mask, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        Report(block, R, ins, ins->B, ins->Imm, PtxSpace.Global, AccessKind.Read, ins->D2, mask, ref observer);
        Report(block, R, ins, ins->A, block.Launch.Extra[ins->C], PtxSpace.Shared, AccessKind.Write, ins->D2, mask, ref observer);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Report<TObserver>(BlockContext block, byte* R, Instruction* ins, int row, long offset, PtxSpace space, AccessKind kind, int bytes, uint mask, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        int instruction = block.Program.InstructionOf[ins - block.Launch.Code];
        ulong* addresses = (ulong*)(R + row);
        Span<ulong> list = stackalloc ulong[32];
        if (space != PtxSpace.Generic)
        {
            Vector512<ulong> bias = Vector512.Create((ulong)offset);
            (L((byte*)addresses, 0) + bias).CopyTo(list);
            (L((byte*)addresses, 1) + bias).CopyTo(list[8..]);
            (L((byte*)addresses, 2) + bias).CopyTo(list[16..]);
            (L((byte*)addresses, 3) + bias).CopyTo(list[24..]);
            MemorySpace known = space switch { PtxSpace.Shared => MemorySpace.Shared, PtxSpace.Local => MemorySpace.Local, PtxSpace.Constant or PtxSpace.Parameter => MemorySpace.Constant, _ => MemorySpace.Global };
            observer.MemoryAccessed(instruction, known, kind, list, mask, bytes);
            return;
        }

        Span<uint> masks = stackalloc uint[4];
        masks.Clear();
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong a = addresses[lane] + (ulong)offset;
            int where = a - AddressWindow.Shared < AddressWindow.Size ? 1 : a - AddressWindow.Local < AddressWindow.Size ? 2 : a - AddressWindow.Parameter < AddressWindow.Size ? 3 : 0;
            a &= where == 0 ? ulong.MaxValue : AddressWindow.Size - 1;
            masks[where] |= 1u << lane;
            list[lane] = a;
        }

        for (int where = 0; where < 4; where++)
        {
            if (masks[where] != 0)
            {
                observer.MemoryAccessed(instruction, (MemorySpace)where, kind, list, masks[where], bytes);
            }
        }
    }
}
