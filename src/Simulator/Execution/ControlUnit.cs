using System.Numerics;
using System.Runtime.InteropServices;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>Calls, jump tables, frames, clocks, packing: what is rare enough to stay out of the hot method.</summary>
internal static unsafe class ControlUnit
{
    // Frames of every recursion together; far above what the stack allows.
    private const int MaxFrames = 4096;

    /// <summary>Inversion, combination with a third predicate and the second destination (PTX ISA §9.7.6.2).</summary>
    public static void FinishSetp(Instruction* ins, byte* r, uint mask, uint bits)
    {
        bits ^= (ins->Mod & Mod.Invert) != 0 ? uint.MaxValue : 0;
        FinishSetp(ins, r, mask, bits, ~bits);
    }

    /// <summary>The same with a second result of its own: that of the upper of two halves.</summary>
    public static void FinishSetp(Instruction* ins, byte* r, uint mask, uint bits, uint second)
    {
        uint combine = (ins->Mod & Mod.BoolMask) >> Mod.BoolShift;
        if (combine != 0)
        {
            uint c = *(uint*)(r + ins->C) ^ ((ins->Mod & Mod.BoolNegated) != 0 ? uint.MaxValue : 0);
            bits = combine switch { 1 => bits & c, 2 => bits | c, _ => bits ^ c };
            second = combine switch { 1 => second & c, 2 => second | c, _ => second ^ c };
        }

        if (ins->D != 0)
        {
            WarpUnit.StorePredicate(r + ins->D, mask, bits);
        }

        if (ins->D2 != 0)
        {
            WarpUnit.StorePredicate(r + ins->D2, mask, second);
        }
    }

    public static void BranchTable(BlockContext block, WarpState warp, Instruction* ins)
    {
        // One divergence a distinct target; lanes with an index outside the table take the last (undefined in PTX).
        while (true)
        {
            PathState path = warp.Paths[warp.Current];
            uint* index = (uint*)(warp.Registers + ins->A);
            int first = BitOperations.TrailingZeroCount(path.Mask);
            int target = Target(block, ins, index[first]);
            uint same = 0;
            for (uint m = path.Mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                same |= Target(block, ins, index[lane]) == target ? 1u << lane : 0;
            }

            if (same == path.Mask)
            {
                warp.Paths[warp.Current].Pc = target;
                return;
            }

            // The rest stays at this jump and is parted again when it runs.
            warp.Diverge(same, target, path.Pc, ins->D);
            return;
        }
    }

    private static int Target(BlockContext block, Instruction* ins, uint index) => block.Launch.Extra[ins->C + (int)Math.Min(index, (uint)ins->D2 - 1)];

    public static int FramePointer(WarpState warp)
    {
        int frame = warp.Paths[warp.Current].Frame;
        return frame < 0 ? 0 : warp.Frames[frame].FramePointer;
    }

    public static void FrameAddress(WarpState warp, Instruction* ins, byte* r, uint mask)
    {
        ulong address = (ulong)(FramePointer(warp) + ins->Imm) + ((ins->Mod & Mod.Max) != 0 ? AddressWindow.Local : 0);
        ulong* row = (ulong*)(r + ins->D);
        for (uint m = mask; m != 0; m &= m - 1)
        {
            row[BitOperations.TrailingZeroCount(m)] = address;
        }
    }

    /// <summary>Calls a function. False: the stack is full.</summary>
    public static bool Call(BlockContext block, WarpState warp, Instruction* ins, int returnPc)
    {
        KernelProgram program = block.Program;
        ref PathState path = ref warp.Paths[warp.Current];
        int callee = ins->D;
        if (callee < 0)
        {
            // Indirect: lanes that call another function wait at the call itself.
            ulong* pointers = (ulong*)(warp.Registers + ins->A);
            ulong pointer = pointers[BitOperations.TrailingZeroCount(path.Mask)];
            uint same = 0;
            for (uint m = path.Mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                same |= pointers[lane] == pointer ? 1u << lane : 0;
            }

            ulong number = (pointer - 0x1000) / 16;
            FunctionFrame? target = pointer >= 0x1000 && number < (ulong)program.Module.Functions.Count
                ? program.Functions.Find(f => f.Function == program.Module.Functions[(int)number]) : null;
            if (target is null)
            {
                path.Pc = returnPc - 1;
                block.Report(FindingKind.IllegalAddressSpace, warp, returnPc - 1, BitOperations.TrailingZeroCount(same), $"call of 0x{pointer:x}, which is no function");
                block.Completion = LaunchCompletion.Stopped;
                return false;
            }

            callee = target.Index;
            if (same != path.Mask)
            {
                int meet = returnPc;
                int c = warp.AddConvergence(meet, path.Mask, path.Convergence, path.Frame);
                PathState rest = warp.Paths[warp.Current];
                rest.Pc = returnPc - 1;
                rest.Mask &= ~same;
                rest.Convergence = c;
                warp.AddPath(rest);
                path = ref warp.Paths[warp.Current];
                path.Mask = same;
                path.Convergence = c;
            }
        }

        FunctionFrame caller = program.Functions[ins->C];
        FunctionFrame function = program.Functions[callee];
        int pointerNow = FramePointer(warp);
        int framePointer = pointerNow + caller.FrameBytes;

        // A recursive call costs something even without variables of its own.
        if (function.Recursive)
        {
            int depth = warp.RecursionDepth(path.Frame);
            if (depth > MaxFrames / 8 || framePointer + function.FrameBytes > block.LocalBytes)
            {
                path.Pc = returnPc - 1;
                block.Report(FindingKind.StackOverflow, warp, returnPc - 1, BitOperations.TrailingZeroCount(path.Mask), $"the call of {ProgramBuilder.Demangle(function.Function.Name)} needs more than the {block.LocalBytes} bytes of stack of a thread, {depth} calls deep");
                block.Completion = LaunchCompletion.Stopped;
                return false;
            }
        }

        int frame = warp.NewFrame();
        ref CallFrame f = ref warp.Frames[frame];
        f.ReturnPc = returnPc;
        f.Parent = path.Frame;
        f.FramePointer = framePointer;
        f.Lanes = BitOperations.PopCount(path.Mask);
        f.Caller = ins->C;
        if (caller.Recursive && function.Recursive)
        {
            // The callee may run the caller again in the same registers.
            f.SavedStart = caller.RegisterStart;
            f.SavedBytes = caller.RegisterEnd - caller.RegisterStart;
            int predicates = program.PredicateBytes;
            f.Saved = (byte*)NativeMemory.Realloc(f.Saved, (nuint)(f.SavedBytes + predicates + 64));
            Buffer.MemoryCopy(warp.Registers + f.SavedStart, f.Saved, f.SavedBytes, f.SavedBytes);
            Buffer.MemoryCopy(warp.Registers, f.Saved + f.SavedBytes, predicates, predicates);
        }
        else
        {
            f.SavedBytes = 0;
        }

        path.Frame = frame;
        path.Pc = function.CodeStart;
        return true;
    }

    public static void Return(BlockContext block, WarpState warp)
    {
        ref PathState path = ref warp.Paths[warp.Current];
        ref CallFrame f = ref warp.Frames[path.Frame];
        if (f.SavedBytes > 0)
        {
            foreach ((int offset, bool wide) in block.Program.Functions[f.Caller].Rows)
            {
                byte* saved64 = f.Saved + offset - f.SavedStart;
                for (uint m = path.Mask; m != 0; m &= m - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(m);
                    if (wide)
                    {
                        ((ulong*)(warp.Registers + offset))[lane] = ((ulong*)saved64)[lane];
                    }
                    else
                    {
                        ((uint*)(warp.Registers + offset))[lane] = ((uint*)saved64)[lane];
                    }
                }
            }

            uint* now = (uint*)warp.Registers;
            uint* saved = (uint*)(f.Saved + f.SavedBytes);
            for (int i = 0; i < block.Program.PredicateBytes / 4; i++)
            {
                now[i] = (now[i] & ~path.Mask) | (saved[i] & path.Mask);
            }
        }

        int lanes = BitOperations.PopCount(path.Mask);
        path.Pc = f.ReturnPc;
        path.Frame = f.Parent;
        f.Lanes -= lanes;
    }

    public static void Clock(BlockContext block, Instruction* ins, byte* r, uint mask, long withinTurn)
    {
        // A plain count of what this block has executed: monotonic, and the same on every machine. One warp instruction is four cycles.
        ulong cycles = (ulong)((block.Executed + withinTurn) * 4);
        ulong value = ins->Imm switch { 0 => cycles, 1 => cycles >> 32, 2 => cycles, _ => cycles >> 32 };
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            if ((ins->Mod & Mod.D64) != 0)
            {
                ((ulong*)(r + ins->D))[lane] = value;
            }
            else
            {
                ((uint*)(r + ins->D))[lane] = (uint)value;
            }
        }
    }

    public static void PackOrUnpack(BlockContext block, Instruction* ins, byte* r, uint mask)
    {
        int* rows = block.Launch.Extra + ins->C;
        int bits = ((PtxType)ins->Type2).Size() * 8;
        ulong elementMask = (1UL << bits) - 1;
        bool wide = ((PtxType)ins->Type).Size() == 8;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            if (ins->Op == Op.Pack)
            {
                ulong value = 0;
                for (int k = 0; k < ins->D2; k++)
                {
                    value |= (((uint*)(r + rows[k]))[lane] & elementMask) << (k * bits);
                }

                if (wide)
                {
                    ((ulong*)(r + ins->D))[lane] = value;
                }
                else
                {
                    ((uint*)(r + ins->D))[lane] = (uint)value;
                }
            }
            else
            {
                ulong value = wide ? ((ulong*)(r + ins->A))[lane] : ((uint*)(r + ins->A))[lane];
                for (int k = 0; k < ins->D2; k++)
                {
                    if (rows[k] != 0)
                    {
                        ((uint*)(r + rows[k]))[lane] = (uint)((value >> (k * bits)) & elementMask);
                    }
                }
            }
        }
    }
}
