using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>Operations across the lanes of a warp (PTX ISA §9.7.9.6, §9.7.13).</summary>
internal static unsafe class WarpUnit
{
    // What a shuffle hands over from a lane that takes no part: absent, returned, or left out by the mask. PTX leaves it undefined and
    // hardware gives a stale register; this is a NaN as float32 and in the upper half of two float16, and no small integer, so that a
    // result that depends on it is wrong and one that does not stays right.
    private const uint Undefined = 0x7fe5a5a5;

    public static void StoreUniform(byte* row, uint mask, uint value)
    {
        uint* r = (uint*)row;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            r[BitOperations.TrailingZeroCount(m)] = value;
        }
    }

    public static void StorePredicate(byte* row, uint mask, uint bits)
    {
        uint* p = (uint*)row;
        *p = (*p & ~mask) | (bits & mask);
    }

    /// <summary>Executes a synchronising warp operation, or makes the path wait for the lanes that its mask names. True: it waits.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public static bool Execute(BlockContext block, WarpState warp, Instruction* ins, int code, uint mask)
    {
        uint* masks = (uint*)(warp.Registers + ins->Imm);
        int first = BitOperations.TrailingZeroCount(mask);
        uint member = masks[first];
        Vector512<uint> same = Vector512.Create(member);
        uint equal = Vectors.Bits32(Vector512.Equals(Vectors.U((byte*)masks, 0), same), Vector512.Equals(Vectors.U((byte*)masks, 1), same));
        bool uniform = (equal & mask) == mask;
        ref PathState path = ref warp.Paths[warp.Current];
        bool forced = path.BarrierThreads == -1;
        path.BarrierThreads = 0;
        if (!uniform)
        {
            // Groups of lanes with masks of their own: each is an operation by itself.
            uint left = mask;
            while (left != 0)
            {
                uint m = masks[BitOperations.TrailingZeroCount(left)];
                uint group = 0;
                for (uint l = left; l != 0; l &= l - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(l);
                    group |= masks[lane] == m ? 1u << lane : 0;
                }

                CheckMembers(block, warp, code, group, m);
                Perform(block, warp, ins, group);
                left &= ~group;
            }

            return false;
        }

        CheckMembers(block, warp, code, mask, member);
        uint needed = member & warp.Alive & ~mask;
        if (needed == 0 || forced)
        {
            Perform(block, warp, ins, mask);
            return false;
        }

        // Others may wait for us already: at the same place, or for bar.warp.sync anywhere.
        uint present = mask;
        for (int i = 0; i < warp.PathCount; i++)
        {
            ref PathState other = ref warp.Paths[i];
            if (i != warp.Current && other.Status == PathStatus.WaitWarp && other.WaitMask == member && (other.Pc == code || (ins->Op == Op.BarWarpSync && block.Launch.Code[other.Pc].Op == Op.BarWarpSync)))
            {
                present |= other.Mask;
            }
        }

        if ((member & warp.Alive & ~present) != 0)
        {
            path.Status = PathStatus.WaitWarp;
            path.WaitMask = member;
            path.Pc = code;
            return true;
        }

        Perform(block, warp, ins, present);
        for (int i = 0; i < warp.PathCount; i++)
        {
            ref PathState other = ref warp.Paths[i];
            if (i != warp.Current && other.Status == PathStatus.WaitWarp && other.WaitMask == member && (other.Mask & present) != 0)
            {
                other.Status = PathStatus.Ready;
                other.Pc++;
            }
        }

        return false;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private static void CheckMembers(BlockContext block, WarpState warp, int code, uint mask, uint member)
    {
        uint outside = mask & ~member;
        if (outside != 0 && block.Launch.CheckSynchronisation)
        {
            int lane = BitOperations.TrailingZeroCount(outside);
            block.Report(FindingKind.InvalidMask, warp, code, lane, $"lane {lane} executes this but is not in its mask 0x{member:x8}");
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    private static void Perform(BlockContext block, WarpState warp, Instruction* ins, uint mask)
    {
        byte* r = warp.Registers;
        switch (ins->Op)
        {
            case Op.BarWarpSync:
                block.Clocks?.WarpSync(warp.Index, mask, warp.Alive);
                break;
            case Op.Shfl:
                Shuffle(r, ins, mask);
                break;
            case Op.Vote:
                uint p = (*(uint*)(r + ins->A) ^ ((ins->Mod & Mod.ANegated) != 0 ? uint.MaxValue : 0)) & mask;
                if (ins->Type2 == 0)
                {
                    StoreUniform(r + ins->D, mask, p);
                }
                else
                {
                    bool v = ins->Type2 switch { 1 => p != 0, 2 => p == mask, _ => p == 0 || p == mask };
                    StorePredicate(r + ins->D, mask, v ? uint.MaxValue : 0);
                }

                break;
            case Op.Match:
                Match(r, ins, mask);
                break;
            case Op.Redux:
                Reduce(r, ins, mask);
                break;
            case Op.Elect:
                int leader = BitOperations.TrailingZeroCount(mask);
                StoreUniform(r + ins->D, mask, (uint)leader);
                StorePredicate(r + ins->D2, mask, 1u << leader);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Shuffle(byte* r, Instruction* ins, uint mask)
    {
        if (Avx512F.IsSupported)
        {
            ShuffleRows(r, ins, mask);
            return;
        }

        uint* a = (uint*)(r + ins->A);
        uint* b = (uint*)(r + ins->B);
        uint* c = (uint*)(r + ins->C);
        uint* result = stackalloc uint[32];
        uint inRange = 0;
        for (int lane = 0; lane < 32; lane++)
        {
            int bval = (int)(b[lane] & 31);
            int cval = (int)(c[lane] & 31);
            int segment = (int)((c[lane] >> 8) & 31);
            int maxLane = (lane & segment) | (cval & ~segment);
            int minLane = lane & segment;
            int j;
            bool p;
            switch (ins->Type2)
            {
                case 0:
                    j = lane - bval;
                    p = j >= maxLane;
                    break;
                case 1:
                    j = lane + bval;
                    p = j <= maxLane;
                    break;
                case 2:
                    j = lane ^ bval;
                    p = j <= maxLane;
                    break;
                default:
                    j = minLane | (bval & ~segment);
                    p = j <= maxLane;
                    break;
            }

            j = p ? j : lane;
            inRange |= p ? 1u << lane : 0;
            result[lane] = (mask >> (j & 31) & 1) != 0 ? a[j & 31] : Undefined;
        }

        Vectors.Store32(r + ins->D, mask, Vectors.U((byte*)result, 0), Vectors.U((byte*)result, 1));
        if (ins->D2 != 0)
        {
            StorePredicate(r + ins->D2, mask, inRange);
        }
    }

    // The same as Shuffle in vectors: two permutations of 32 lanes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ShuffleRows(byte* r, Instruction* ins, uint mask)
    {
        byte* a = r + ins->A;
        Vector512<int> low = SourceLanes(ins, r, 0, out uint inLow);
        Vector512<int> high = SourceLanes(ins, r, 1, out uint inHigh);
        Vector512<uint> first = Avx512F.PermuteVar16x32x2(Vectors.U(a, 0), low.AsUInt32(), Vectors.U(a, 1));
        Vector512<uint> second = Avx512F.PermuteVar16x32x2(Vectors.U(a, 0), high.AsUInt32(), Vectors.U(a, 1));
        if (mask != uint.MaxValue)
        {
            first = KeepDefined(first, low, mask);
            second = KeepDefined(second, high, mask);
        }

        Vectors.Store32(r + ins->D, mask, first, second);
        if (ins->D2 != 0)
        {
            StorePredicate(r + ins->D2, mask, inLow | (inHigh << 16));
        }
    }

    private static Vector512<uint> KeepDefined(Vector512<uint> values, Vector512<int> sources, uint mask)
    {
        Vector512<uint> takesPart = Avx512F.ShiftRightLogicalVariable(Vector512.Create(mask), (sources & Vector512.Create(31)).AsUInt32()) & Vector512<uint>.One;
        return Vector512.ConditionalSelect(Vector512.Equals(takesPart, Vector512<uint>.One), values, Vector512.Create(Undefined));
    }

    /// <summary>Which lane each of sixteen lanes reads; itself where that one is out of range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> SourceLanes(Instruction* ins, byte* r, int half, out uint inRange)
    {
        Vector512<int> lane = Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) + Vector512.Create(half * 16);
        Vector512<int> five = Vector512.Create(31);
        Vector512<int> b = Vectors.I(r + ins->B, half) & five;
        Vector512<int> c = Vectors.I(r + ins->C, half);
        Vector512<int> segment = (c >> 8) & five;
        Vector512<int> least = lane & segment;
        Vector512<int> limit = least | (c & five & ~segment);
        Vector512<int> from = ins->Type2 switch
        {
            0 => lane - b,
            1 => lane + b,
            2 => lane ^ b,
            _ => least | (b & ~segment),
        };
        Vector512<int> valid = ins->Type2 == 0 ? Vector512.GreaterThanOrEqual(from, limit) : Vector512.LessThanOrEqual(from, limit);
        inRange = (uint)valid.ExtractMostSignificantBits();
        return Vector512.ConditionalSelect(valid, from, lane);
    }

    private static void Match(byte* r, Instruction* ins, uint mask)
    {
        bool wide = ((PtxType)ins->Type).Size() == 8;
        Span<uint> result = stackalloc uint[32];
        uint all = 0;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            uint same = 0;
            for (uint n = mask; n != 0; n &= n - 1)
            {
                int other = BitOperations.TrailingZeroCount(n);
                bool equal = wide ? ((ulong*)(r + ins->A))[lane] == ((ulong*)(r + ins->A))[other] : ((uint*)(r + ins->A))[lane] == ((uint*)(r + ins->A))[other];
                same |= equal ? 1u << other : 0;
            }

            result[lane] = ins->Type2 == 0 ? same : same == mask ? mask : 0;
            all |= same == mask ? 1u << lane : 0;
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            ((uint*)(r + ins->D))[lane] = result[lane];
        }

        if (ins->D2 != 0)
        {
            StorePredicate(r + ins->D2, mask, all);
        }
    }

    private static void Reduce(byte* r, Instruction* ins, uint mask)
    {
        bool signed = ((PtxType)ins->Type).IsSigned();
        uint* a = (uint*)(r + ins->A);
        uint value = a[BitOperations.TrailingZeroCount(mask)];
        for (uint m = mask & (mask - 1); m != 0; m &= m - 1)
        {
            uint x = a[BitOperations.TrailingZeroCount(m)];
            value = ins->Type2 switch
            {
                0 => value + x,
                1 => signed ? (uint)Math.Min((int)value, (int)x) : Math.Min(value, x),
                2 => signed ? (uint)Math.Max((int)value, (int)x) : Math.Max(value, x),
                3 => value & x,
                4 => value | x,
                _ => value ^ x,
            };
        }

        StoreUniform(r + ins->D, mask, value);
    }
}
