using System.Numerics;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// Atomics and reductions (PTX ISA §9.7.12.12), lane by lane in lane order. Launches whose result could depend on the order of blocks
/// run on one core (<see cref="KernelProgram.RunsOnOneCore"/>), so only commutative integer operations meet other cores here.
/// </summary>
internal static unsafe class AtomicUnit
{
    public static void Execute(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask)
    {
        PtxType type = (PtxType)ins->Type;
        int size = type.Size();
        ulong* addresses = (ulong*)(R + ins->A);
        bool wide = size == 8;
        if (type == PtxType.B128)
        {
            Exchange128(block, warp, ins, R, mask);
            return;
        }

        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            byte* p = MemoryUnit.Resolve(block, warp, ins, lane, addresses[lane] + (ulong)ins->Imm, size, AccessKind.Atomic);
            ulong b = wide ? ((ulong*)(R + ins->B))[lane] : ((uint*)(R + ins->B))[lane];
            ulong c = wide ? ((ulong*)(R + ins->C))[lane] : ((uint*)(R + ins->C))[lane];
            ulong old = 0;
            if (p != null)
            {
                if (size == 8)
                {
                    ref ulong cell = ref *(ulong*)p;
                    while (true)
                    {
                        old = Volatile.Read(ref cell);
                        ulong next = Combine(ins->D2, type, old, b, c);
                        if (Interlocked.CompareExchange(ref cell, next, old) == old)
                        {
                            break;
                        }
                    }
                }
                else if (size == 4)
                {
                    ref uint cell = ref *(uint*)p;
                    while (true)
                    {
                        uint seen = Volatile.Read(ref cell);
                        old = seen;
                        uint next = (uint)Combine(ins->D2, type, old, b, c);
                        if (Interlocked.CompareExchange(ref cell, next, seen) == seen)
                        {
                            break;
                        }
                    }
                }
                else
                {
                    ref ushort cell = ref *(ushort*)p;
                    while (true)
                    {
                        ushort seen = Volatile.Read(ref cell);
                        old = seen;
                        ushort next = (ushort)Combine(ins->D2, type, old, b, c);
                        if (Interlocked.CompareExchange(ref cell, next, seen) == seen)
                        {
                            break;
                        }
                    }
                }
            }

            if (ins->D != 0)
            {
                if (wide)
                {
                    ((ulong*)(R + ins->D))[lane] = old;
                }
                else
                {
                    ((uint*)(R + ins->D))[lane] = (uint)old;
                }
            }
        }
    }

    /// <summary>exch and cas of 128 bits; programs that have them run on one core.</summary>
    private static void Exchange128(BlockContext block, WarpState warp, Instruction* ins, byte* R, uint mask)
    {
        ulong* addresses = (ulong*)(R + ins->A);
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            byte* p = MemoryUnit.Resolve(block, warp, ins, lane, addresses[lane] + (ulong)ins->Imm, 16, AccessKind.Atomic);
            UInt128 old = 0;
            if (p != null)
            {
                old = *(UInt128*)p;
                if (ins->D2 == 6 || old == At(R + ins->B, lane))
                {
                    *(UInt128*)p = At(R + ins->C, lane);
                }
            }

            if (ins->D != 0)
            {
                ((ulong*)(R + ins->D))[lane] = (ulong)old;
                ((ulong*)(R + ins->D + 256))[lane] = (ulong)(old >> 64);
            }
        }
    }

    private static UInt128 At(byte* rows, int lane) => new(((ulong*)(rows + 256))[lane], ((ulong*)rows)[lane]);

    public static ulong Combine(int operation, PtxType type, ulong old, ulong b, ulong c)
    {
        bool signed = type.IsSigned();
        switch (operation)
        {
            case 0:
                return type switch
                {
                    PtxType.F32 => BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle((uint)old) + BitConverter.UInt32BitsToSingle((uint)b)),
                    PtxType.F64 => BitConverter.DoubleToUInt64Bits(BitConverter.UInt64BitsToDouble(old) + BitConverter.UInt64BitsToDouble(b)),
                    PtxType.F16 or PtxType.BF16 or PtxType.F16x2 or PtxType.BF16x2 => HalfUnit.Scalar(0, type, (uint)old, (uint)b, 0, 0),
                    _ => old + b,
                };
            case 1 or 2:
                if (type is PtxType.F16 or PtxType.BF16 or PtxType.F16x2 or PtxType.BF16x2)
                {
                    return HalfUnit.Scalar(operation == 1 ? 4 : 5, type, (uint)old, (uint)b, 0, 0);
                }

                bool less = type.Size() == 8
                    ? signed ? (long)old < (long)b : old < b
                    : signed ? (int)old < (int)b : (uint)old < (uint)b;
                return less == (operation == 1) ? old : b;
            case 3:
                return old & b;
            case 4:
                return old | b;
            case 5:
                return old ^ b;
            case 6:
                return b;
            case 7:
                return old == b ? c : old;
            case 8:
                return (uint)old >= (uint)b ? 0 : old + 1;
            default:
                return (uint)old == 0 || (uint)old > (uint)b ? b : old - 1;
        }
    }
}
