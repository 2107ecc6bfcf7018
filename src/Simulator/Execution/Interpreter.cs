using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;
using static KernelForge.Simulator.Execution.Vectors;

namespace KernelForge.Simulator.Execution;

internal enum InterpreterExit
{
    /// <summary>The path ended or waits; the warp's other paths may go on.</summary>
    Switch,

    /// <summary>The turn is over.</summary>
    Yield,

    /// <summary>The block ends: trap, failed assert, stack overflow, or the launch was stopped.</summary>
    Stop,

    /// <summary>Compiled code can go on; what is left of the turn stands in the block.</summary>
    HandBack,
}

/// <summary>How far the interpreter goes; chosen when it is compiled.</summary>
internal interface IReach
{
    /// <summary>It stops where compiled code can go on, after one instruction at least.</summary>
    static abstract bool UntilEntry { get; }
}

/// <summary>To the end of the turn.</summary>
internal readonly struct WholeTurn : IReach
{
    /// <inheritdoc/>
    public static bool UntilEntry => false;
}

/// <summary>To where compiled code can go on.</summary>
internal readonly struct UntilEntry : IReach
{
    /// <inheritdoc/>
    static bool IReach.UntilEntry => true;
}

/// <summary>
/// The reference back end: one switch over the compact instruction array. Results leave the switch in r0 to r3 and are stored in one
/// of three tails, so that a case is loads and one operation (measured: smaller than storing in each case, and no slower).
/// </summary>
internal static unsafe class Interpreter
{
    /// <summary>Warp instructions that a path runs before the next one gets its turn.</summary>
    public const long Quantum = 20_000;

    /// <summary>Runs a warp's current path for a turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static InterpreterExit Run<TObserver>(BlockContext block, WarpState warp, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver> => Run<TObserver, WholeTurn>(block, warp, ref observer, Quantum);

    /// <summary>Runs a warp's current path for what is left of a turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static InterpreterExit Run<TObserver, TReach>(BlockContext block, WarpState warp, ref TObserver observer, long left)
        where TObserver : struct, IExecutionObserver<TObserver>
        where TReach : struct, IReach
    {
        Instruction* code = block.Launch.Code;
        byte* R = warp.Registers;
        uint pathMask = warp.Paths[warp.Current].Mask;
        Instruction* next = code + warp.Paths[warp.Current].Pc;
        Instruction* runStart = next;
        bool fresh = true;
        while (true)
        {
            Instruction* ins = next++;
            if (TReach.UntilEntry)
            {
                if (!fresh && block.IsEntry((int)(ins - code)))
                {
                    warp.Paths[warp.Current].Pc = (int)(ins - code);
                    block.Left = left - (ins - runStart);
                    Observe(block, ref observer, runStart, ins, pathMask);
                    return InterpreterExit.HandBack;
                }

                fresh = false;
            }

            uint mask = pathMask;
            if (ins->Guard != 0)
            {
                mask &= ins->Guard > 0 ? *(uint*)(R + ins->Guard) : ~*(uint*)(R - ins->Guard);
                if (mask == 0)
                {
                    continue;
                }
            }

            Vector512<uint> u0, u1;
            Vector512<ulong> w0, w1, w2, w3;
            uint bits;
            switch (ins->Op)
            {
                case Op.Nop or Op.Prefetch or Op.NanoSleep:
                    continue;
                case Op.Bra:
                    left -= next - runStart;
                    Observe(block, ref observer, runStart, next, pathMask);
                    next = code + ins->Imm;
                    runStart = next;
                    if (left <= 0)
                    {
                        goto yield;
                    }

                    continue;
                case Op.BraCond:
                    bits = *(uint*)(R + ins->A) ^ ((ins->Mod & Mod.Invert) != 0 ? uint.MaxValue : 0);
                    bits &= pathMask;
                    left -= next - runStart;
                    Observe(block, ref observer, runStart, next, pathMask);
                    if (TObserver.Enabled)
                    {
                        observer.BranchExecuted(block.Program.InstructionOf[ins - code], pathMask, bits);
                    }

                    runStart = next;
                    if (bits == pathMask)
                    {
                        next = code + ins->Imm;
                        runStart = next;
                    }
                    else if (bits != 0)
                    {
                        warp.Diverge(bits, (int)ins->Imm, (int)(next - code), ins->D);
                        goto reload;
                    }

                    if (left <= 0)
                    {
                        goto yield;
                    }

                    continue;
                case Op.Converge:
                    // Not an instruction of the program: not counted. The run goes on, since its first block is not reported yet.
                    left++;
                    if (warp.Paths[warp.Current].Convergence >= 0)
                    {
                        left -= next - runStart;
                        Observe(block, ref observer, runStart, next - 1, pathMask);
                        runStart = next;
                        warp.Paths[warp.Current].Mask = pathMask;
                        if (!warp.Converge((int)(ins - code)))
                        {
                            block.Executed += Quantum - left;
                            return InterpreterExit.Switch;
                        }

                        warp.Paths[warp.Current].Pc = (int)(next - code);
                        pathMask = warp.Paths[warp.Current].Mask;
                        runStart = next;
                        if (TObserver.Enabled)
                        {
                            observer.BasicBlockExecuted(block.Program.BlockAt[ins - code], pathMask);
                        }
                    }

                    continue;
                case Op.BrxIdx:
                    left -= next - runStart;
                    Observe(block, ref observer, runStart, next, pathMask);
                    warp.Paths[warp.Current].Pc = (int)(ins - code);
                    ControlUnit.BranchTable(block, warp, ins);
                    goto reload;
                case Op.Call:
                    left -= next - runStart;
                    Observe(block, ref observer, runStart, next, pathMask);
                    if (!ControlUnit.Call(block, warp, ins, (int)(next - code)))
                    {
                        runStart = next;
                        goto stop;
                    }

                    goto reload;
                case Op.Ret:
                    left -= next - runStart;
                    Observe(block, ref observer, runStart, next, pathMask);
                    ControlUnit.Return(block, warp);
                    goto reload;
                case Op.Exit:
                    left -= next - runStart;
                    Observe(block, ref observer, runStart, next, pathMask);
                    runStart = next;
                    warp.Paths[warp.Current].Pc = (int)(next - code);
                    bool gone = warp.Exit(mask);
                    block.ThreadsExited(mask);
                    if (gone)
                    {
                        block.Executed += Quantum - left;
                        return InterpreterExit.Switch;
                    }

                    goto reload;
                case Op.Trap:
                    block.Completion = LaunchCompletion.Trapped;
                    warp.Paths[warp.Current].Pc = (int)(ins - code);
                    goto stop;
                case Op.AssertFail:
                    warp.Paths[warp.Current].Pc = (int)(ins - code);
                    PrintUnit.Assert(block, warp, ins, mask);
                    block.Completion = LaunchCompletion.AssertFailed;
                    goto stop;
                case Op.DeviceMalloc or Op.DeviceFree:
                    HeapUnit.Execute(block, warp, ins, (int)(ins - code), mask);
                    continue;
                case Op.Printf:
                    PrintUnit.Print(block, warp, ins, mask);
                    continue;

                case Op.Mov32:
                    u0 = U(R + ins->A, 0);
                    u1 = U(R + ins->A, 1);
                    goto store32;
                case Op.Mov64:
                    w0 = L(R + ins->A, 0);
                    w1 = L(R + ins->A, 1);
                    w2 = L(R + ins->A, 2);
                    w3 = L(R + ins->A, 3);
                    goto store64;
                case Op.MovPred:
                    bits = *(uint*)(R + ins->A);
                    goto storePredicate;
                case Op.LdParam:
                    if ((ins->Mod & Mod.D64) != 0)
                    {
                        w0 = Vector512.Create(*(ulong*)(block.Launch.Parameters + ins->Imm));
                        w1 = w0;
                        w2 = w0;
                        w3 = w0;
                        goto store64;
                    }

                    u0 = Vector512.Create(*(uint*)(block.Launch.Parameters + ins->Imm));
                    u1 = u0;
                    goto store32;
                case Op.Add32:
                    u0 = U(R + ins->A, 0) + U(R + ins->B, 0);
                    u1 = U(R + ins->A, 1) + U(R + ins->B, 1);
                    goto store32;
                case Op.Sub32:
                    u0 = U(R + ins->A, 0) - U(R + ins->B, 0);
                    u1 = U(R + ins->A, 1) - U(R + ins->B, 1);
                    goto store32;
                case Op.Mul32:
                    u0 = U(R + ins->A, 0) * U(R + ins->B, 0);
                    u1 = U(R + ins->A, 1) * U(R + ins->B, 1);
                    goto store32;
                case Op.Mad32:
                    u0 = (U(R + ins->A, 0) * U(R + ins->B, 0)) + U(R + ins->C, 0);
                    u1 = (U(R + ins->A, 1) * U(R + ins->B, 1)) + U(R + ins->C, 1);
                    goto store32;
                case Op.MulWideS32:
                    w0 = (WidenS(R + ins->A, 0) * WidenS(R + ins->B, 0)).AsUInt64();
                    w1 = (WidenS(R + ins->A, 1) * WidenS(R + ins->B, 1)).AsUInt64();
                    w2 = (WidenS(R + ins->A, 2) * WidenS(R + ins->B, 2)).AsUInt64();
                    w3 = (WidenS(R + ins->A, 3) * WidenS(R + ins->B, 3)).AsUInt64();
                    goto store64;
                case Op.MulWideU32:
                    w0 = WidenU(R + ins->A, 0) * WidenU(R + ins->B, 0);
                    w1 = WidenU(R + ins->A, 1) * WidenU(R + ins->B, 1);
                    w2 = WidenU(R + ins->A, 2) * WidenU(R + ins->B, 2);
                    w3 = WidenU(R + ins->A, 3) * WidenU(R + ins->B, 3);
                    goto store64;
                case Op.MadWideS32:
                    w0 = (WidenS(R + ins->A, 0) * WidenS(R + ins->B, 0)).AsUInt64() + L(R + ins->C, 0);
                    w1 = (WidenS(R + ins->A, 1) * WidenS(R + ins->B, 1)).AsUInt64() + L(R + ins->C, 1);
                    w2 = (WidenS(R + ins->A, 2) * WidenS(R + ins->B, 2)).AsUInt64() + L(R + ins->C, 2);
                    w3 = (WidenS(R + ins->A, 3) * WidenS(R + ins->B, 3)).AsUInt64() + L(R + ins->C, 3);
                    goto store64;
                case Op.MadWideU32:
                    w0 = (WidenU(R + ins->A, 0) * WidenU(R + ins->B, 0)) + L(R + ins->C, 0);
                    w1 = (WidenU(R + ins->A, 1) * WidenU(R + ins->B, 1)) + L(R + ins->C, 1);
                    w2 = (WidenU(R + ins->A, 2) * WidenU(R + ins->B, 2)) + L(R + ins->C, 2);
                    w3 = (WidenU(R + ins->A, 3) * WidenU(R + ins->B, 3)) + L(R + ins->C, 3);
                    goto store64;
                case Op.And32:
                    u0 = U(R + ins->A, 0) & U(R + ins->B, 0);
                    u1 = U(R + ins->A, 1) & U(R + ins->B, 1);
                    goto store32;
                case Op.Or32:
                    u0 = U(R + ins->A, 0) | U(R + ins->B, 0);
                    u1 = U(R + ins->A, 1) | U(R + ins->B, 1);
                    goto store32;
                case Op.Xor32:
                    u0 = U(R + ins->A, 0) ^ U(R + ins->B, 0);
                    u1 = U(R + ins->A, 1) ^ U(R + ins->B, 1);
                    goto store32;
                case Op.Not32:
                    u0 = ~U(R + ins->A, 0);
                    u1 = ~U(R + ins->A, 1);
                    goto store32;
                case Op.Shl32I:
                    u0 = U(R + ins->A, 0) << (int)ins->Imm;
                    u1 = U(R + ins->A, 1) << (int)ins->Imm;
                    goto store32;
                case Op.ShrU32I:
                    u0 = U(R + ins->A, 0) >>> (int)ins->Imm;
                    u1 = U(R + ins->A, 1) >>> (int)ins->Imm;
                    goto store32;
                case Op.ShrS32I:
                    u0 = (I(R + ins->A, 0) >> (int)ins->Imm).AsUInt32();
                    u1 = (I(R + ins->A, 1) >> (int)ins->Imm).AsUInt32();
                    goto store32;
                case Op.MinS32:
                    u0 = Vector512.Min(I(R + ins->A, 0), I(R + ins->B, 0)).AsUInt32();
                    u1 = Vector512.Min(I(R + ins->A, 1), I(R + ins->B, 1)).AsUInt32();
                    goto store32;
                case Op.MaxS32:
                    u0 = Vector512.Max(I(R + ins->A, 0), I(R + ins->B, 0)).AsUInt32();
                    u1 = Vector512.Max(I(R + ins->A, 1), I(R + ins->B, 1)).AsUInt32();
                    goto store32;
                case Op.MinU32:
                    u0 = Vector512.Min(U(R + ins->A, 0), U(R + ins->B, 0));
                    u1 = Vector512.Min(U(R + ins->A, 1), U(R + ins->B, 1));
                    goto store32;
                case Op.MaxU32:
                    u0 = Vector512.Max(U(R + ins->A, 0), U(R + ins->B, 0));
                    u1 = Vector512.Max(U(R + ins->A, 1), U(R + ins->B, 1));
                    goto store32;
                case Op.Neg32:
                    u0 = (-I(R + ins->A, 0)).AsUInt32();
                    u1 = (-I(R + ins->A, 1)).AsUInt32();
                    goto store32;
                case Op.Abs32:
                    u0 = Vector512.Abs(I(R + ins->A, 0)).AsUInt32();
                    u1 = Vector512.Abs(I(R + ins->A, 1)).AsUInt32();
                    goto store32;
                case Op.AddF32:
                    u0 = (F(R + ins->A, 0) + F(R + ins->B, 0)).AsUInt32();
                    u1 = (F(R + ins->A, 1) + F(R + ins->B, 1)).AsUInt32();
                    goto storeF32;
                case Op.SubF32:
                    u0 = (F(R + ins->A, 0) - F(R + ins->B, 0)).AsUInt32();
                    u1 = (F(R + ins->A, 1) - F(R + ins->B, 1)).AsUInt32();
                    goto storeF32;
                case Op.MulF32:
                    u0 = (F(R + ins->A, 0) * F(R + ins->B, 0)).AsUInt32();
                    u1 = (F(R + ins->A, 1) * F(R + ins->B, 1)).AsUInt32();
                    goto storeF32;
                case Op.FmaF32:
                    u0 = Vector512.FusedMultiplyAdd(F(R + ins->A, 0), F(R + ins->B, 0), F(R + ins->C, 0)).AsUInt32();
                    u1 = Vector512.FusedMultiplyAdd(F(R + ins->A, 1), F(R + ins->B, 1), F(R + ins->C, 1)).AsUInt32();
                    goto storeF32;
                case Op.MinF32:
                    // MinNumber: a NaN loses against a number, and -0 is below +0, as in PTX.
                    u0 = Vector512.MinNumber(F(R + ins->A, 0), F(R + ins->B, 0)).AsUInt32();
                    u1 = Vector512.MinNumber(F(R + ins->A, 1), F(R + ins->B, 1)).AsUInt32();
                    goto storeF32;
                case Op.MaxF32:
                    u0 = Vector512.MaxNumber(F(R + ins->A, 0), F(R + ins->B, 0)).AsUInt32();
                    u1 = Vector512.MaxNumber(F(R + ins->A, 1), F(R + ins->B, 1)).AsUInt32();
                    goto storeF32;
                case Op.NegF32:
                    u0 = U(R + ins->A, 0) ^ Vector512.Create(0x80000000u);
                    u1 = U(R + ins->A, 1) ^ Vector512.Create(0x80000000u);
                    goto store32;
                case Op.AbsF32:
                    u0 = U(R + ins->A, 0) & Vector512.Create(0x7fffffffu);
                    u1 = U(R + ins->A, 1) & Vector512.Create(0x7fffffffu);
                    goto store32;
                case Op.Selp32:
                    bits = *(uint*)(R + ins->C);
                    u0 = Vector512.ConditionalSelect(Mask32(bits, 0), U(R + ins->A, 0), U(R + ins->B, 0));
                    u1 = Vector512.ConditionalSelect(Mask32(bits, 1), U(R + ins->A, 1), U(R + ins->B, 1));
                    goto store32;
                case Op.Selp64:
                    bits = *(uint*)(R + ins->C);
                    w0 = Vector512.ConditionalSelect(Mask64(bits, 0), L(R + ins->A, 0), L(R + ins->B, 0));
                    w1 = Vector512.ConditionalSelect(Mask64(bits, 1), L(R + ins->A, 1), L(R + ins->B, 1));
                    w2 = Vector512.ConditionalSelect(Mask64(bits, 2), L(R + ins->A, 2), L(R + ins->B, 2));
                    w3 = Vector512.ConditionalSelect(Mask64(bits, 3), L(R + ins->A, 3), L(R + ins->B, 3));
                    goto store64;
                case Op.Add64:
                    w0 = L(R + ins->A, 0) + L(R + ins->B, 0);
                    w1 = L(R + ins->A, 1) + L(R + ins->B, 1);
                    w2 = L(R + ins->A, 2) + L(R + ins->B, 2);
                    w3 = L(R + ins->A, 3) + L(R + ins->B, 3);
                    goto store64;
                case Op.Sub64:
                    w0 = L(R + ins->A, 0) - L(R + ins->B, 0);
                    w1 = L(R + ins->A, 1) - L(R + ins->B, 1);
                    w2 = L(R + ins->A, 2) - L(R + ins->B, 2);
                    w3 = L(R + ins->A, 3) - L(R + ins->B, 3);
                    goto store64;
                case Op.Mul64:
                    w0 = L(R + ins->A, 0) * L(R + ins->B, 0);
                    w1 = L(R + ins->A, 1) * L(R + ins->B, 1);
                    w2 = L(R + ins->A, 2) * L(R + ins->B, 2);
                    w3 = L(R + ins->A, 3) * L(R + ins->B, 3);
                    goto store64;
                case Op.And64:
                    w0 = L(R + ins->A, 0) & L(R + ins->B, 0);
                    w1 = L(R + ins->A, 1) & L(R + ins->B, 1);
                    w2 = L(R + ins->A, 2) & L(R + ins->B, 2);
                    w3 = L(R + ins->A, 3) & L(R + ins->B, 3);
                    goto store64;
                case Op.Or64:
                    w0 = L(R + ins->A, 0) | L(R + ins->B, 0);
                    w1 = L(R + ins->A, 1) | L(R + ins->B, 1);
                    w2 = L(R + ins->A, 2) | L(R + ins->B, 2);
                    w3 = L(R + ins->A, 3) | L(R + ins->B, 3);
                    goto store64;
                case Op.Xor64:
                    w0 = L(R + ins->A, 0) ^ L(R + ins->B, 0);
                    w1 = L(R + ins->A, 1) ^ L(R + ins->B, 1);
                    w2 = L(R + ins->A, 2) ^ L(R + ins->B, 2);
                    w3 = L(R + ins->A, 3) ^ L(R + ins->B, 3);
                    goto store64;
                case Op.Not64:
                    w0 = ~L(R + ins->A, 0);
                    w1 = ~L(R + ins->A, 1);
                    w2 = ~L(R + ins->A, 2);
                    w3 = ~L(R + ins->A, 3);
                    goto store64;
                case Op.Shl64I:
                    w0 = L(R + ins->A, 0) << (int)ins->Imm;
                    w1 = L(R + ins->A, 1) << (int)ins->Imm;
                    w2 = L(R + ins->A, 2) << (int)ins->Imm;
                    w3 = L(R + ins->A, 3) << (int)ins->Imm;
                    goto store64;
                case Op.ShrU64I:
                    w0 = L(R + ins->A, 0) >>> (int)ins->Imm;
                    w1 = L(R + ins->A, 1) >>> (int)ins->Imm;
                    w2 = L(R + ins->A, 2) >>> (int)ins->Imm;
                    w3 = L(R + ins->A, 3) >>> (int)ins->Imm;
                    goto store64;
                case Op.ShrS64I:
                    w0 = (S(R + ins->A, 0) >> (int)ins->Imm).AsUInt64();
                    w1 = (S(R + ins->A, 1) >> (int)ins->Imm).AsUInt64();
                    w2 = (S(R + ins->A, 2) >> (int)ins->Imm).AsUInt64();
                    w3 = (S(R + ins->A, 3) >> (int)ins->Imm).AsUInt64();
                    goto store64;
                case Op.CvtS64S32:
                    w0 = WidenS(R + ins->A, 0).AsUInt64();
                    w1 = WidenS(R + ins->A, 1).AsUInt64();
                    w2 = WidenS(R + ins->A, 2).AsUInt64();
                    w3 = WidenS(R + ins->A, 3).AsUInt64();
                    goto store64;
                case Op.CvtU64U32:
                    w0 = WidenU(R + ins->A, 0);
                    w1 = WidenU(R + ins->A, 1);
                    w2 = WidenU(R + ins->A, 2);
                    w3 = WidenU(R + ins->A, 3);
                    goto store64;
                case Op.Cvt32From64:
                    u0 = Vector512.Narrow(L(R + ins->A, 0), L(R + ins->A, 1));
                    u1 = Vector512.Narrow(L(R + ins->A, 2), L(R + ins->A, 3));
                    goto store32;
                case Op.SetpEq32:
                    bits = Bits32(Vector512.Equals(U(R + ins->A, 0), U(R + ins->B, 0)), Vector512.Equals(U(R + ins->A, 1), U(R + ins->B, 1)));
                    goto setp;
                case Op.SetpLtS32:
                    bits = Bits32(Vector512.LessThan(I(R + ins->A, 0), I(R + ins->B, 0)).AsUInt32(), Vector512.LessThan(I(R + ins->A, 1), I(R + ins->B, 1)).AsUInt32());
                    goto setp;
                case Op.SetpLtU32:
                    bits = Bits32(Vector512.LessThan(U(R + ins->A, 0), U(R + ins->B, 0)), Vector512.LessThan(U(R + ins->A, 1), U(R + ins->B, 1)));
                    goto setp;
                case Op.SetpEqF32:
                    bits = Bits32(Vector512.Equals(F(R + ins->A, 0), F(R + ins->B, 0)).AsUInt32(), Vector512.Equals(F(R + ins->A, 1), F(R + ins->B, 1)).AsUInt32());
                    goto setp;
                case Op.SetpLtF32:
                    bits = Bits32(Vector512.LessThan(F(R + ins->A, 0), F(R + ins->B, 0)).AsUInt32(), Vector512.LessThan(F(R + ins->A, 1), F(R + ins->B, 1)).AsUInt32());
                    goto setp;
                case Op.SetpLeF32:
                    bits = Bits32(Vector512.LessThanOrEqual(F(R + ins->A, 0), F(R + ins->B, 0)).AsUInt32(), Vector512.LessThanOrEqual(F(R + ins->A, 1), F(R + ins->B, 1)).AsUInt32());
                    goto setp;
                case Op.SetpNumF32:
                    bits = Bits32(
                        Vector512.Equals(F(R + ins->A, 0), F(R + ins->A, 0)).AsUInt32() & Vector512.Equals(F(R + ins->B, 0), F(R + ins->B, 0)).AsUInt32(),
                        Vector512.Equals(F(R + ins->A, 1), F(R + ins->A, 1)).AsUInt32() & Vector512.Equals(F(R + ins->B, 1), F(R + ins->B, 1)).AsUInt32());
                    goto setp;
                case Op.SetpNeF32:
                    // Ordered: less or greater.
                    bits = Bits32(
                        (Vector512.LessThan(F(R + ins->A, 0), F(R + ins->B, 0)) | Vector512.LessThan(F(R + ins->B, 0), F(R + ins->A, 0))).AsUInt32(),
                        (Vector512.LessThan(F(R + ins->A, 1), F(R + ins->B, 1)) | Vector512.LessThan(F(R + ins->B, 1), F(R + ins->A, 1))).AsUInt32());
                    goto setp;
                case Op.SetpEq64:
                    bits = Bits64(Vector512.Equals(L(R + ins->A, 0), L(R + ins->B, 0)), Vector512.Equals(L(R + ins->A, 1), L(R + ins->B, 1)), Vector512.Equals(L(R + ins->A, 2), L(R + ins->B, 2)), Vector512.Equals(L(R + ins->A, 3), L(R + ins->B, 3)));
                    goto setp;
                case Op.SetpLtS64:
                    bits = Bits64(Vector512.LessThan(S(R + ins->A, 0), S(R + ins->B, 0)).AsUInt64(), Vector512.LessThan(S(R + ins->A, 1), S(R + ins->B, 1)).AsUInt64(), Vector512.LessThan(S(R + ins->A, 2), S(R + ins->B, 2)).AsUInt64(), Vector512.LessThan(S(R + ins->A, 3), S(R + ins->B, 3)).AsUInt64());
                    goto setp;
                case Op.SetpLtU64:
                    bits = Bits64(Vector512.LessThan(L(R + ins->A, 0), L(R + ins->B, 0)), Vector512.LessThan(L(R + ins->A, 1), L(R + ins->B, 1)), Vector512.LessThan(L(R + ins->A, 2), L(R + ins->B, 2)), Vector512.LessThan(L(R + ins->A, 3), L(R + ins->B, 3)));
                    goto setp;
                case Op.AndPred:
                    bits = (*(uint*)(R + ins->A) ^ ((ins->Mod & Mod.ANegated) != 0 ? uint.MaxValue : 0)) & (*(uint*)(R + ins->B) ^ ((ins->Mod & Mod.BNegated) != 0 ? uint.MaxValue : 0));
                    goto storePredicate;
                case Op.OrPred:
                    bits = (*(uint*)(R + ins->A) ^ ((ins->Mod & Mod.ANegated) != 0 ? uint.MaxValue : 0)) | (*(uint*)(R + ins->B) ^ ((ins->Mod & Mod.BNegated) != 0 ? uint.MaxValue : 0));
                    goto storePredicate;
                case Op.XorPred:
                    bits = *(uint*)(R + ins->A) ^ *(uint*)(R + ins->B) ^ ((ins->Mod & Mod.ANegated) != 0 ? uint.MaxValue : 0) ^ ((ins->Mod & Mod.BNegated) != 0 ? uint.MaxValue : 0);
                    goto storePredicate;
                case Op.NotPred:
                    bits = ~*(uint*)(R + ins->A);
                    goto storePredicate;

                case Op.Ld32Global:
                    if (TObserver.Enabled)
                    {
                        MemoryUnit.Observe(block, R, ins, mask, ref observer);
                    }

                    WordAccess.Load(block, warp, ins, R, mask, null);
                    continue;
                case Op.Ld32Shared:
                    if (TObserver.Enabled)
                    {
                        MemoryUnit.Observe(block, R, ins, mask, ref observer);
                    }

                    WordAccess.Load(block, warp, ins, R, mask, block.SharedEntry);
                    continue;
                case Op.St32Global:
                    if (TObserver.Enabled)
                    {
                        MemoryUnit.Observe(block, R, ins, mask, ref observer);
                    }

                    WordAccess.Store(block, warp, ins, R, mask, null);
                    continue;
                case Op.St32Shared:
                    if (TObserver.Enabled)
                    {
                        MemoryUnit.Observe(block, R, ins, mask, ref observer);
                    }

                    WordAccess.Store(block, warp, ins, R, mask, block.SharedEntry);
                    continue;
                case Op.Ld:
                    if (TObserver.Enabled)
                    {
                        MemoryUnit.Observe(block, R, ins, mask, ref observer);
                    }

                    MemoryUnit.Load(block, warp, ins, R, mask);
                    continue;
                case Op.St:
                    if (TObserver.Enabled)
                    {
                        MemoryUnit.Observe(block, R, ins, mask, ref observer);
                    }

                    MemoryUnit.Store(block, warp, ins, R, mask);
                    continue;
                case Op.Atom:
                    if (TObserver.Enabled)
                    {
                        MemoryUnit.Observe(block, R, ins, mask, ref observer);
                    }

                    AtomicUnit.Execute(block, warp, ins, R, mask);
                    continue;
                case Op.Fence:
                    block.Clocks?.Fence(warp.Index, mask, (ins->Mod & Mod.BlockScope) != 0);
                    continue;
                case Op.Shfl or Op.Vote or Op.Match or Op.Redux or Op.Elect or Op.BarWarpSync:
                    if (WarpUnit.Execute(block, warp, ins, (int)(ins - code), mask))
                    {
                        left -= ins - runStart;
                        Observe(block, ref observer, runStart, ins, pathMask);
                        block.Executed += Quantum - left;
                        return InterpreterExit.Switch;
                    }

                    continue;
                case Op.BarSync or Op.BarRed or Op.BarArrive:
                    if (mask != pathMask)
                    {
                        // A guard lets only some lanes come: the others go on by themselves.
                        left -= ins - runStart;
                        Observe(block, ref observer, runStart, ins, pathMask);
                        warp.Diverge(pathMask & ~mask, (int)(next - code), (int)(ins - code), -1);
                        goto reload;
                    }

                    left -= next - runStart;
                    Observe(block, ref observer, runStart, next, pathMask);
                    runStart = next;
                    if (TObserver.Enabled)
                    {
                        observer.BarrierArrived(block.Program.InstructionOf[ins - code], warp.Index);
                    }

                    if (ins->Op == Op.BarArrive)
                    {
                        block.ArriveAtBarrier(warp, ins, (int)(ins - code), mask);
                        continue;
                    }

                    if (block.ArriveAtBarrier(warp, ins, (int)(ins - code), mask))
                    {
                        block.Executed += Quantum - left;
                        return InterpreterExit.Switch;
                    }

                    if (TObserver.Enabled)
                    {
                        observer.WarpScheduled(warp.Index, block.Interval);
                    }

                    goto reload;
                case Op.ActiveMask:
                    WarpUnit.StoreUniform(R + ins->D, mask, mask);
                    continue;
                case Op.Clock:
                    ControlUnit.Clock(block, ins, R, mask, Quantum - left + (next - runStart));
                    continue;
                case Op.FrameAddress:
                    ControlUnit.FrameAddress(warp, ins, R, mask);
                    continue;
                case Op.Mma or Op.LdMatrix or Op.StMatrix or Op.MoveMatrix:
                    MatrixUnit.Execute(block, warp, ins, (int)(ins - code), mask);
                    continue;
                case Op.Wgmma:
                    WarpgroupUnit.Execute(block, warp, ins, (int)(ins - code), mask);
                    continue;
                case Op.Pack or Op.Unpack:
                    ControlUnit.PackOrUnpack(block, ins, R, mask);
                    continue;
                case Op.Carry:
                    LaneUnit.Carry(block, ins, R, mask);
                    continue;
                case Op.SetpLane:
                    bits = LaneUnit.Compare(ins, R, mask);
                    goto setp;
                case Op.SetpF64:
                    bits = FloatUnit.CompareF64(ins, R);
                    goto setp;
                case Op.SetpHalf:
                    bits = HalfUnit.Compare(ins, R, mask, out uint second);
                    if ((PtxType)ins->Type is PtxType.F16x2 or PtxType.BF16x2)
                    {
                        ControlUnit.FinishSetp(ins, R, mask, bits, second);
                        continue;
                    }

                    goto setp;
                case Op.IsSpace:
                    bits = MemoryUnit.IsSpace(ins, R);
                    goto storePredicate;
                case Op.HalfArithmetic:
                    HalfUnit.Execute(ins, R, mask);
                    continue;
                case > Op.AsyncFirst and < Op.AsyncLast:
                    if (TObserver.Enabled)
                    {
                        AsyncTraffic.Observe(block, R, ins, mask, ref observer);
                    }

                    if (AsyncUnit.Execute(block, warp, ins, (int)(ins - code), mask))
                    {
                        left -= ins - runStart;
                        Observe(block, ref observer, runStart, ins, pathMask);
                        block.Executed += Quantum - left;
                        return InterpreterExit.Switch;
                    }

                    continue;
                case > Op.LaneFirst:
                    LaneUnit.Execute(ins, R, mask);
                    continue;
                case > Op.FloatFirst and < Op.FloatLast:
                    FloatUnit.Execute(ins, R, mask);
                    continue;
                default:
                    throw new InvalidOperationException($"operation {ins->Op} has no handler");
            }

        storeF32:
            // Every NaN is the canonical one.
            u0 = FloatUnit.Canonical(u0);
            u1 = FloatUnit.Canonical(u1);

        store32:
            if (mask == uint.MaxValue)
            {
                *(Vector512<uint>*)(R + ins->D) = u0;
                *(Vector512<uint>*)(R + ins->D + 64) = u1;
                continue;
            }

            Blend32(R + ins->D, mask, u0, u1);
            continue;

        store64:
            if (mask == uint.MaxValue)
            {
                *(Vector512<ulong>*)(R + ins->D) = w0;
                *(Vector512<ulong>*)(R + ins->D + 64) = w1;
                *(Vector512<ulong>*)(R + ins->D + 128) = w2;
                *(Vector512<ulong>*)(R + ins->D + 192) = w3;
                continue;
            }

            Blend64(R + ins->D, mask, w0, w1, w2, w3);
            continue;

        setp:
            if ((ins->Mod & (Mod.Invert | Mod.BoolMask)) != 0 || ins->D2 != 0)
            {
                ControlUnit.FinishSetp(ins, R, mask, bits);
                continue;
            }

        storePredicate:
            uint* target = (uint*)(R + ins->D);
            *target = (*target & ~mask) | (bits & mask);
            continue;

        reload:
            runStart = code + warp.Paths[warp.Current].Pc;
            next = runStart;
            pathMask = warp.Paths[warp.Current].Mask;
            if (left > 0)
            {
                continue;
            }

            block.Executed += Quantum - left;
            return InterpreterExit.Yield;

        yield:
            warp.Paths[warp.Current].Pc = (int)(next - code);
            block.Executed += Quantum - left;
            return InterpreterExit.Yield;

        stop:
            Observe(block, ref observer, runStart, next, pathMask);
            block.Executed += Quantum - left + (next - runStart);
            return InterpreterExit.Stop;
        }
    }

    /// <summary>Reports the basic blocks that begin in a stretch of code just executed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Observe<TObserver>(BlockContext block, ref TObserver observer, Instruction* from, Instruction* to, uint mask)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        if (TObserver.Enabled)
        {
            ReportBlocks(block, ref observer, from, to, mask);
        }
    }

    private static void ReportBlocks<TObserver>(BlockContext block, ref TObserver observer, Instruction* from, Instruction* to, uint mask)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        Instruction* code = block.Launch.Code;
        int[] blockAt = block.Program.BlockAt;
        for (Instruction* at = from; at < to; at++)
        {
            int b = blockAt[at - code];
            if (b >= 0)
            {
                observer.BasicBlockExecuted(b, mask);
            }
        }
    }
}
