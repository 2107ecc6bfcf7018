using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Compilation;

/// <summary>Operations across lanes, for whole warps whose lanes all run.</summary>
internal sealed partial class KernelEmitter
{
    /// <summary>Leaves unless all lanes run and the instruction's mask names them all.</summary>
    private void RequireWholeWarp(in Instruction ins)
    {
        Label exit = SideExit();
        il.Emit(OpCodes.Ldloc, maskLocal);
        il.Emit(OpCodes.Ldc_I4_M1);
        il.Emit(OpCodes.Bne_Un, exit);
        if (Value((int)ins.Imm).Base != -1)
        {
            PushScalar((int)ins.Imm, wide: false);
            il.Emit(OpCodes.Ldc_I4_M1);
            il.Emit(OpCodes.Bne_Un, exit);
        }
    }

    private bool EmitShuffle(in Instruction ins)
    {
        LaneValue b = Value(ins.B), c = Value(ins.C), member = Value((int)ins.Imm);
        if (!member.IsUniform || b is not { IsUniform: true, Base: { } distance } || c is not { IsUniform: true, Base: { } clamp })
        {
            Leave(ExitKind.Interpret, code, liveBefore, code);
            return false;
        }

        RequireWholeWarp(ins);
        int[] sources = Sources(ins.Type2, (int)distance, (int)clamp, out uint inRange);
        int row = Destination(ins.D);
        if (row >= 0)
        {
            if (Value(ins.A).IsUniform)
            {
                PushScalar(ins.A, wide: false);
                StoreScalar(row);
            }
            else
            {
                EmitPermutation(ins.A, row, sources);
            }
        }

        if (ins.D2 != 0)
        {
            il.Emit(OpCodes.Ldc_I4, (int)inRange);
            StorePredicate(ins.D2);
        }

        return true;
    }

    /// <summary>Which lane each lane reads (PTX ISA §9.7.9.6), itself where that one is out of range.</summary>
    private static int[] Sources(int mode, int distance, int clamp, out uint inRange)
    {
        inRange = 0;
        int[] sources = new int[32];
        int b = distance & 31, segment = (clamp >> 8) & 31;
        for (int lane = 0; lane < 32; lane++)
        {
            int least = lane & segment;
            int limit = least | (clamp & 31 & ~segment);
            int from = mode switch { 0 => lane - b, 1 => lane + b, 2 => lane ^ b, _ => least | (b & ~segment) };
            bool valid = mode == 0 ? from >= limit : from <= limit;
            inRange |= valid ? 1u << lane : 0;
            sources[lane] = valid ? from : lane;
        }

        return sources;
    }

    private void EmitPermutation(int source, int row, int[] sources)
    {
        int lanes = vectors.Lanes(wide: false);
        int parts = vectors.Parts(wide: false);
        Type vector = vectors.Of(typeof(uint));
        LocalBuilder[] results = [.. Enumerable.Range(0, parts).Select(_ => Take(vector))];
        if (vectors.Bytes < 64)
        {
            for (int part = 0; part < parts; part++)
            {
                il.Emit(OpCodes.Ldloc, frameLocal);
                LoadField(128 + (part * vectors.Bytes));
                PushVector(source, typeof(uint), part);
                il.Emit(OpCodes.Stobj, vector);
            }
        }

        for (int part = 0; part < parts; part++)
        {
            if (vectors.Bytes == 64)
            {
                PushVector(source, typeof(uint), 0);
                PushPattern([.. sources.Select(s => (long)s)], 0, wide: false, part);
                PushVector(source, typeof(uint), 1);
                il.Emit(OpCodes.Call, typeof(Avx512F).GetMethod("PermuteVar16x32x2", [vector, vector, vector])!);
            }
            else
            {
                il.Emit(OpCodes.Ldloc, frameLocal);
                LoadField(128);
                for (int i = 0; i < lanes; i++)
                {
                    il.Emit(OpCodes.Ldc_I4, sources[(part * lanes) + i] * 4);
                }

                il.Emit(OpCodes.Call, vectors.Create(typeof(int), lanes));
                PushGather(typeof(int));
                il.Emit(OpCodes.Call, vectors.Cast(typeof(int), typeof(uint)));
            }

            il.Emit(OpCodes.Stloc, results[part]);
        }

        for (int part = 0; part < parts; part++)
        {
            il.Emit(OpCodes.Ldloc, results[part]);
            StoreVector(row, typeof(uint), part);
        }

        Array.ForEach(results, Release);
    }

    private bool EmitVote(in Instruction ins)
    {
        if (!Value((int)ins.Imm).IsUniform)
        {
            Leave(ExitKind.Interpret, code, liveBefore, code);
            return false;
        }

        RequireWholeWarp(ins);
        bool negated = (ins.Mod & Mod.ANegated) != 0;
        if (ins.Type2 == 0)
        {
            int row = Destination(ins.D);
            if (row >= 0)
            {
                PushPredicate(ins.A, negated);
                StoreScalar(row);
            }

            return true;
        }

        PushPredicate(ins.A, negated);
        il.Emit(ins.Type2 == 2 ? OpCodes.Ldc_I4_M1 : OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ceq);
        if (ins.Type2 == 1)
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Ceq);
        }
        else if (ins.Type2 == 3)
        {
            PushPredicate(ins.A, negated);
            il.Emit(OpCodes.Ldc_I4_M1);
            il.Emit(OpCodes.Ceq);
            il.Emit(OpCodes.Or);
        }

        il.Emit(OpCodes.Neg);
        StorePredicate(ins.D);
        return true;
    }
}
