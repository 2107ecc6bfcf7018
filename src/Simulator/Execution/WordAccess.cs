using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using static KernelForge.Simulator.Execution.Vectors;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// 32-bit loads and stores of global and shared memory, a warp at a time: half a warp either goes along consecutive words or stands at one
/// (one test for all four combinations: whole rows, broadcasts, and blocks 16 threads wide), else any words of one buffer. Whatever is
/// wrong with an access, or out of the ordinary, goes lane by lane through <see cref="MemoryUnit"/>, which also makes the findings.
/// </summary>
internal static unsafe class WordAccess
{
    /// <summary>Loads. <paramref name="entry"/> is shared memory's, or null for global memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask, BufferEntry* entry)
    {
        byte* row = R + ins->A;
        ulong* addresses = (ulong*)row;
        ulong address = addresses[BitOperations.TrailingZeroCount(mask)];
        ulong toOffset = (ulong)ins->Imm;
        if (entry == null)
        {
            entry = block.Cache[ins - block.Launch.Code];
            if (address + toOffset - entry->Start >= entry->Length)
            {
                entry = MemoryUnit.Lookup(block, ins, address + toOffset);
            }

            toOffset -= entry->Start;
        }

        if (mask != uint.MaxValue)
        {
            if (!LoadSome(block, ins, R, mask, entry, toOffset))
            {
                MemoryUnit.Load(block, warp, ins, R, mask);
            }

            return;
        }

        ulong second = addresses[16];
        ulong step = addresses[1] - address;
        ulong secondStep = addresses[17] - second;
        if (((step | secondStep) & ~4UL) != 0)
        {
            goto scattered;
        }

        // Lane i of a half stands at its first address + i · step, step 0 or 4.
        Vector512<ulong> ramp = Vector512.Create(0UL, 4, 8, 12, 16, 20, 24, 28);
        Vector512<ulong> lower = Vector512.Create(address) + (ramp & Vector512.Create(0 - (step >> 2)));
        Vector512<ulong> upper = Vector512.Create(second) + (ramp & Vector512.Create(0 - (secondStep >> 2)));
        Vector512<ulong> difference = (L(row, 0) ^ lower) | (L(row, 1) ^ (lower + Vector512.Create(step * 8)))
            | (L(row, 2) ^ upper) | (L(row, 3) ^ (upper + Vector512.Create(secondStep * 8)));
        if (difference != Vector512<ulong>.Zero)
        {
            goto scattered;
        }

        ulong offset = address + toOffset;
        ulong secondOffset = second + toOffset;
        if (((offset | secondOffset) & 3) != 0 || offset >= entry->Length || secondOffset >= entry->Length
            || offset + (step * 15) + 4 > entry->Length || secondOffset + (secondStep * 15) + 4 > entry->Length)
        {
            goto scattered;
        }

        if (entry->Shadow != null && block.Launch.CheckInitialised)
        {
            Vector128<byte> unwritten = Words(entry->Shadow + (offset >> 2), step) | Words(entry->Shadow + (secondOffset >> 2), secondStep);
            if (unwritten != Vector128<byte>.Zero)
            {
                goto slow;
            }
        }

        byte* p = entry->Data + offset;
        *(Vector512<uint>*)(R + ins->D) = step != 0 ? *(Vector512<uint>*)p : Vector512.Create(*(uint*)p);
        p = entry->Data + secondOffset;
        *(Vector512<uint>*)(R + ins->D + 64) = secondStep != 0 ? *(Vector512<uint>*)p : Vector512.Create(*(uint*)p);
        return;

    scattered:
        if (Gather(block, ins, R, mask, entry, toOffset))
        {
            return;
        }

    slow:
        MemoryUnit.Load(block, warp, ins, R, mask);
    }

    /// <summary>The shadow of sixteen words, or of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Words(byte* shadow, ulong step) => step != 0 ? Vector128.Load(shadow) : Vector128.CreateScalar(*shadow);

    /// <summary>Under a partial mask: consecutive words, one word, or any. False: something is wrong with one of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool LoadSome(BlockContext block, Instruction* ins, byte* R, uint mask, BufferEntry* entry, ulong toOffset)
    {
        byte* row = R + ins->A;
        int first = BitOperations.TrailingZeroCount(mask);
        int last = 31 - BitOperations.LeadingZeroCount(mask);
        ulong address = ((ulong*)row)[first];
        ulong offset = address + toOffset;
        if ((offset & 3) != 0 || offset >= entry->Length)
        {
            return Gather(block, ins, R, mask, entry, toOffset);
        }

        if ((Consecutive(row, address - ((ulong)first * 4)) & mask) == mask)
        {
            if (offset + ((ulong)(last - first + 1) * 4) > entry->Length)
            {
                return Gather(block, ins, R, mask, entry, toOffset);
            }

            if (entry->Shadow != null && block.Launch.CheckInitialised)
            {
                Vector256<byte> shadow = Vector256.Load(entry->Shadow + (long)(offset >> 2) - first);
                if ((~Vector256.Equals(shadow, Vector256<byte>.Zero).ExtractMostSignificantBits() & mask) != 0)
                {
                    return false;
                }
            }

            byte* data = entry->Data + (long)offset - (first * 4);
            Store32(R + ins->D, mask, U(data, 0), U(data, 1));
            return true;
        }

        Vector512<ulong> one = Vector512.Create(address);
        uint equal = Bits64(Vector512.Equals(L(row, 0), one), Vector512.Equals(L(row, 1), one), Vector512.Equals(L(row, 2), one), Vector512.Equals(L(row, 3), one));
        if ((equal & mask) == mask && offset + 4 <= entry->Length)
        {
            if (entry->Shadow != null && entry->Shadow[offset >> 2] != 0 && block.Launch.CheckInitialised)
            {
                return false;
            }

            Vector512<uint> value = Vector512.Create(*(uint*)(entry->Data + offset));
            Store32(R + ins->D, mask, value, value);
            return true;
        }

        return Gather(block, ins, R, mask, entry, toOffset);
    }

    /// <summary>The lanes that stand at origin + 4 · lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Consecutive(byte* row, ulong origin)
    {
        Vector512<ulong> ramp = Vector512.Create(0UL, 4, 8, 12, 16, 20, 24, 28) + Vector512.Create(origin);
        return Bits64(
            Vector512.Equals(L(row, 0), ramp),
            Vector512.Equals(L(row, 1), ramp + Vector512.Create(32UL)),
            Vector512.Equals(L(row, 2), ramp + Vector512.Create(64UL)),
            Vector512.Equals(L(row, 3), ramp + Vector512.Create(96UL)));
    }

    /// <summary>The lanes whose accesses of <paramref name="size"/> bytes lie in the buffer and are aligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Inside(byte* row, ulong toOffset, ulong length, ulong size = 4)
    {
        if (length < size)
        {
            return 0;
        }

        Vector512<ulong> bias = Vector512.Create(toOffset);
        Vector512<ulong> limit = Vector512.Create(length - size);
        Vector512<ulong> low = Vector512.Create(size - 1);
        Vector512<ulong> o0 = L(row, 0) + bias;
        Vector512<ulong> o1 = L(row, 1) + bias;
        Vector512<ulong> o2 = L(row, 2) + bias;
        Vector512<ulong> o3 = L(row, 3) + bias;
        return Bits64(
            Vector512.LessThanOrEqual(o0, limit) & Vector512.Equals(o0 & low, Vector512<ulong>.Zero),
            Vector512.LessThanOrEqual(o1, limit) & Vector512.Equals(o1 & low, Vector512<ulong>.Zero),
            Vector512.LessThanOrEqual(o2, limit) & Vector512.Equals(o2 & low, Vector512<ulong>.Zero),
            Vector512.LessThanOrEqual(o3, limit) & Vector512.Equals(o3 & low, Vector512<ulong>.Zero));
    }

    /// <summary>Any words of one buffer: bounds and alignment as vectors, then plain scalar loads (no slower than AVX2's gather). False: something is wrong with one of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Gather(BlockContext block, Instruction* ins, byte* R, uint mask, BufferEntry* entry, ulong toOffset)
    {
        byte* row = R + ins->A;
        ulong* addresses = (ulong*)row;
        uint* d = (uint*)(R + ins->D);
        if ((Inside(row, toOffset, entry->Length) & mask) != mask)
        {
            return entry->Owner != null && GatherPaged(block, ins, R, mask, entry->Owner);
        }

        if (entry->Shadow != null && block.Launch.CheckInitialised)
        {
            uint unwritten = 0;
            for (uint m = mask; m != 0; m &= m - 1)
            {
                unwritten |= entry->Shadow[(addresses[BitOperations.TrailingZeroCount(m)] + toOffset) >> 2];
            }

            if (unwritten != 0)
            {
                return false;
            }
        }

        byte* data = entry->Data + (long)toOffset;
        if (mask == uint.MaxValue)
        {
            for (int lane = 0; lane < 32; lane += 4)
            {
                uint v0 = *(uint*)(data + addresses[lane]);
                uint v1 = *(uint*)(data + addresses[lane + 1]);
                uint v2 = *(uint*)(data + addresses[lane + 2]);
                uint v3 = *(uint*)(data + addresses[lane + 3]);
                d[lane] = v0;
                d[lane + 1] = v1;
                d[lane + 2] = v2;
                d[lane + 3] = v3;
            }

            return true;
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            d[lane] = *(uint*)(data + addresses[lane]);
        }

        return true;
    }

    /// <summary>Words on several pages of one buffer, all of them there and written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool GatherPaged(BlockContext block, Instruction* ins, byte* R, uint mask, BufferEntry* owner)
    {
        byte* row = R + ins->A;
        ulong toOffset = (ulong)ins->Imm - owner->Start;
        if ((Inside(row, toOffset, owner->Length) & mask) != mask)
        {
            return false;
        }

        uint* values = stackalloc uint[32];
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong offset = ((ulong*)row)[lane] + toOffset;
            BufferEntry* page = owner->Pages[offset / DeviceBuffer.PageBytes];
            ulong within = offset % DeviceBuffer.PageBytes;
            if (page == null || (page->Shadow != null && page->Shadow[within >> 2] != 0 && block.Launch.CheckInitialised))
            {
                return false;
            }

            values[lane] = *(uint*)(page->Data + within);
        }

        Store32(R + ins->D, mask, U((byte*)values, 0), U((byte*)values, 1));
        return true;
    }

    /// <summary>Stores, as <see cref="Load"/>; what several lanes write to one word ends as the last lane's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask, BufferEntry* entry)
    {
        byte* row = R + ins->A;
        ulong* addresses = (ulong*)row;
        byte* source = R + ins->B;
        ulong address = addresses[BitOperations.TrailingZeroCount(mask)];
        ulong toOffset = (ulong)ins->Imm;
        if (entry == null)
        {
            entry = block.Cache[ins - block.Launch.Code];
            if (address + toOffset - entry->Start >= entry->Length)
            {
                entry = MemoryUnit.Lookup(block, ins, address + toOffset);
            }

            toOffset -= entry->Start;
        }

        if (entry->ReadOnly != 0)
        {
            goto slow;
        }

        if (mask != uint.MaxValue)
        {
            if (!StoreSome(ins, R, mask, entry, toOffset))
            {
                goto slow;
            }

            return;
        }

        ulong second = addresses[16];
        Vector512<ulong> ramp = Vector512.Create(0UL, 4, 8, 12, 16, 20, 24, 28);
        Vector512<ulong> lower = Vector512.Create(address) + ramp;
        Vector512<ulong> upper = Vector512.Create(second) + ramp;
        Vector512<ulong> difference = (L(row, 0) ^ lower) | (L(row, 1) ^ (lower + Vector512.Create(32UL)))
            | (L(row, 2) ^ upper) | (L(row, 3) ^ (upper + Vector512.Create(32UL)));
        ulong offset = address + toOffset;
        ulong secondOffset = second + toOffset;
        if (difference != Vector512<ulong>.Zero || ((offset | secondOffset) & 3) != 0 || offset >= entry->Length || secondOffset >= entry->Length
            || offset + 64 > entry->Length || secondOffset + 64 > entry->Length)
        {
            if (!Scatter(ins, R, mask, entry, toOffset))
            {
                goto slow;
            }

            return;
        }

        *(Vector512<uint>*)(entry->Data + offset) = U(source, 0);
        *(Vector512<uint>*)(entry->Data + secondOffset) = U(source, 1);
        if (entry->Shadow != null)
        {
            Vector128<byte>.Zero.Store(entry->Shadow + (offset >> 2));
            Vector128<byte>.Zero.Store(entry->Shadow + (secondOffset >> 2));
        }

        return;

    slow:
        MemoryUnit.Store(block, warp, ins, R, mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool StoreSome(Instruction* ins, byte* R, uint mask, BufferEntry* entry, ulong toOffset)
    {
        byte* row = R + ins->A;
        byte* source = R + ins->B;
        int first = BitOperations.TrailingZeroCount(mask);
        int last = 31 - BitOperations.LeadingZeroCount(mask);
        ulong address = ((ulong*)row)[first];
        ulong offset = address + toOffset;
        if (!Avx512F.IsSupported || (offset & 3) != 0 || offset >= entry->Length || offset + ((ulong)(last - first + 1) * 4) > entry->Length
            || (Consecutive(row, address - ((ulong)first * 4)) & mask) != mask)
        {
            return Scatter(ins, R, mask, entry, toOffset);
        }

        byte* data = entry->Data + (long)offset - (first * 4);
        Avx512F.MaskStore((uint*)data, Mask32(mask, 0), U(source, 0));
        Avx512F.MaskStore((uint*)(data + 64), Mask32(mask, 1), U(source, 1));
        if (entry->Shadow != null)
        {
            byte* shadow = entry->Shadow + (long)(offset >> 2) - first;
            for (uint m = mask; m != 0; m &= m - 1)
            {
                shadow[BitOperations.TrailingZeroCount(m)] = 0;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Scatter(Instruction* ins, byte* R, uint mask, BufferEntry* entry, ulong toOffset)
    {
        byte* row = R + ins->A;
        uint* source = (uint*)(R + ins->B);
        if ((Inside(row, toOffset, entry->Length) & mask) != mask)
        {
            return entry->Owner != null && ScatterPaged(ins, R, mask, entry->Owner);
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong at = ((ulong*)row)[lane] + toOffset;
            *(uint*)(entry->Data + at) = source[lane];
            if (entry->Shadow != null)
            {
                entry->Shadow[at >> 2] = 0;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool ScatterPaged(Instruction* ins, byte* R, uint mask, BufferEntry* owner)
    {
        byte* row = R + ins->A;
        ulong toOffset = (ulong)ins->Imm - owner->Start;
        if ((Inside(row, toOffset, owner->Length) & mask) != mask)
        {
            return false;
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            if (owner->Pages[(((ulong*)row)[BitOperations.TrailingZeroCount(m)] + toOffset) / DeviceBuffer.PageBytes] == null)
            {
                return false;
            }
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ulong offset = ((ulong*)row)[lane] + toOffset;
            BufferEntry* page = owner->Pages[offset / DeviceBuffer.PageBytes];
            ulong within = offset % DeviceBuffer.PageBytes;
            *(uint*)(page->Data + within) = ((uint*)(R + ins->B))[lane];
            if (page->Shadow != null)
            {
                page->Shadow[within >> 2] = 0;
            }
        }

        return true;
    }
}
