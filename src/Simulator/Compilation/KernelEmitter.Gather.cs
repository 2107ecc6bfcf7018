using System.Reflection.Emit;

namespace KernelForge.Simulator.Compilation;

/// <summary>Accesses whose addresses may be anything: tested as vectors, and loads gathered.</summary>
internal sealed partial class KernelEmitter
{
    /// <summary>
    /// Any addresses: the lanes' offsets in one buffer as vectors, in bounds and aligned. Lanes that do not run may stand anywhere; where
    /// the test fails under a partial mask it is repeated with them put in the place of one that runs.
    /// </summary>
    private Label EmitOffsets(Access access, out LocalBuilder[] offsets)
    {
        int parts = vectors.Parts(wide: true);
        Type vector = vectors.Of(typeof(ulong));
        LocalBuilder[] all = [.. Enumerable.Range(0, parts).Select(_ => Take(vector))];
        offsets = all;
        LocalBuilder limit = Take(typeof(long)), bias = Take(typeof(long)), retried = Take(typeof(int)), bad = Take(vector);
        access.Offset = Take(typeof(long));
        Label exit = SideExit(), test = il.DefineLabel(), failed = il.DefineLabel();
        if (access.Shared)
        {
            access.Data = sharedDataLocal;
            access.Shadow = sharedShadowLocal;
            il.Emit(OpCodes.Ldc_I8, access.Instruction.Imm);
            il.Emit(OpCodes.Stloc, bias);
            il.Emit(OpCodes.Ldc_I8, (long)specialisation.SharedBytes);
        }
        else
        {
            LocalBuilder entry = Take(typeof(nint));
            access.Data = Take(typeof(nint));
            access.Shadow = Take(typeof(nint));
            PushEntry();
            il.Emit(OpCodes.Stloc, entry);
            il.Emit(OpCodes.Ldc_I8, access.Instruction.Imm);
            PushEntryField(entry, EntryStart, OpCodes.Ldind_I8);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Stloc, bias);
            PushEntryField(entry, EntryData, OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, access.Data);
            PushEntryField(entry, EntryShadow, OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, access.Shadow);
            TakeReadOnly(access, entry);
            if (access.Write)
            {
                PushEntryField(entry, EntryReadOnly, OpCodes.Ldind_I4);
                il.Emit(OpCodes.Brtrue, exit);
            }

            PushEntryField(entry, EntryLength, OpCodes.Ldind_I8);
            Release(entry);
        }

        il.Emit(OpCodes.Ldc_I8, (long)access.Total);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, limit);
        il.Emit(OpCodes.Ldloc, limit);
        il.Emit(OpCodes.Ldc_I8, 0x7fff0000L);
        il.Emit(OpCodes.Bgt_Un, exit);
        for (int part = 0; part < parts; part++)
        {
            PushVector(access.Instruction.A, typeof(ulong), part);
            il.Emit(OpCodes.Ldloc, bias);
            il.Emit(OpCodes.Call, vectors.Create(typeof(ulong), 1));
            il.Emit(OpCodes.Call, vectors.Operator("op_Addition", typeof(ulong)));
            il.Emit(OpCodes.Stloc, all[part]);
        }

        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Stloc, retried);
        il.MarkLabel(test);
        for (int part = 0; part < parts; part++)
        {
            il.Emit(OpCodes.Ldloc, all[part]);
            il.Emit(OpCodes.Ldloc, limit);
            il.Emit(OpCodes.Call, vectors.Create(typeof(ulong), 1));
            il.Emit(OpCodes.Call, vectors.Method("GreaterThan", typeof(ulong), 2));
            il.Emit(OpCodes.Ldloc, all[part]);
            PushSplat(access.Total - 1, typeof(ulong));
            il.Emit(OpCodes.Call, vectors.Operator("op_BitwiseAnd", typeof(ulong)));
            il.Emit(OpCodes.Call, vectors.Operator("op_BitwiseOr", typeof(ulong)));
            if (part > 0)
            {
                il.Emit(OpCodes.Ldloc, bad);
                il.Emit(OpCodes.Call, vectors.Operator("op_BitwiseOr", typeof(ulong)));
            }

            il.Emit(OpCodes.Stloc, bad);
        }

        il.Emit(OpCodes.Ldloc, bad);
        PushSplat(0, typeof(ulong));
        il.Emit(OpCodes.Call, vectors.Operator("op_Inequality", typeof(ulong)));
        il.Emit(OpCodes.Brtrue, failed);
        DeferRetry(all, failed, test, retried, exit);
        foreach (LocalBuilder local in new[] { limit, bias, bad, retried })
        {
            // Not given back before the access is done: the repetition needs them.
            Release(local);
        }

        return failed;
    }

    private void DeferRetry(LocalBuilder[] all, Label failed, Label test, LocalBuilder retried, Label exit)
    {
        LocalBuilder first = Take(typeof(long));
        deferred.Add(() =>
        {
            il.MarkLabel(failed);
            il.Emit(OpCodes.Ldloc, retried);
            il.Emit(OpCodes.Brtrue, exit);
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.Ldc_I4_M1);
            il.Emit(OpCodes.Beq, exit);
            il.Emit(OpCodes.Ldc_I4_1);
            il.Emit(OpCodes.Stloc, retried);
            SpillOffsets(all);
            il.Emit(OpCodes.Ldloc, frameLocal);
            LoadField(384);
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.Call, typeof(System.Numerics.BitOperations).GetMethod("TrailingZeroCount", [typeof(uint)])!);
            il.Emit(OpCodes.Ldc_I4_3);
            il.Emit(OpCodes.Shl);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_I8);
            il.Emit(OpCodes.Stloc, first);
            for (int part = 0; part < all.Length; part++)
            {
                il.Emit(OpCodes.Ldloc, maskLocal);
                BitsToMask(wide: true, part);
                il.Emit(OpCodes.Ldloc, all[part]);
                il.Emit(OpCodes.Ldloc, first);
                il.Emit(OpCodes.Call, vectors.Create(typeof(ulong), 1));
                il.Emit(OpCodes.Call, vectors.Method("ConditionalSelect", typeof(ulong), 3));
                il.Emit(OpCodes.Stloc, all[part]);
            }

            il.Emit(OpCodes.Br, test);
        });
        Release(first);
    }

    private void SpillOffsets(LocalBuilder[] offsets)
    {
        for (int part = 0; part < offsets.Length; part++)
        {
            il.Emit(OpCodes.Ldloc, frameLocal);
            LoadField(384 + (part * vectors.Bytes));
            il.Emit(OpCodes.Ldloc, offsets[part]);
            il.Emit(OpCodes.Stobj, vectors.Of(typeof(ulong)));
        }
    }

    /// <summary>A load of any addresses.</summary>
    private void EmitGather(Access access)
    {
        Label failed = EmitOffsets(access, out LocalBuilder[] offsets);
        bool wide = access.IsWide;
        Type index = wide ? typeof(long) : typeof(int);
        Type plain = wide ? typeof(ulong) : typeof(uint);
        int parts = vectors.Parts(wide);
        LocalBuilder[] indices = EmitIndices(access, offsets);
        if (checkInitialised)
        {
            EmitGatheredShadow(access, indices, index, failed);
        }

        RecordAccess(access);
        for (int k = 0; k < access.Rows.Length; k++)
        {
            int row = Destination(access.Rows[k]);
            if (row < 0)
            {
                continue;
            }

            for (int part = 0; part < parts; part++)
            {
                PushGathered(access.Data, indices[part], index, k * access.Size, 0);
                il.Emit(OpCodes.Call, vectors.Cast(index, plain));
                StoreVector(row, plain, part);
            }
        }

        Array.ForEach(indices, Release);
        Array.ForEach(offsets, Release);
        ReleaseAccess(access);
    }

    /// <summary>The lanes' offsets as elements of the access's width: all are below 2³¹.</summary>
    private LocalBuilder[] EmitIndices(Access access, LocalBuilder[] offsets)
    {
        Type index = access.IsWide ? typeof(long) : typeof(int);
        Type plain = access.IsWide ? typeof(ulong) : typeof(uint);
        LocalBuilder[] indices = [.. Enumerable.Range(0, vectors.Parts(access.IsWide)).Select(_ => Take(vectors.Of(index)))];
        for (int part = 0; part < indices.Length; part++)
        {
            if (access.IsWide)
            {
                il.Emit(OpCodes.Ldloc, offsets[part]);
            }
            else
            {
                il.Emit(OpCodes.Ldloc, offsets[part * 2]);
                il.Emit(OpCodes.Ldloc, offsets[(part * 2) + 1]);
                il.Emit(OpCodes.Call, vectors.Method("Narrow", typeof(ulong), 2));
            }

            il.Emit(OpCodes.Call, vectors.Cast(plain, index));
            il.Emit(OpCodes.Stloc, indices[part]);
        }

        return indices;
    }

    /// <summary>Pushes what stands at a buffer's bytes, one element a lane.</summary>
    private void PushGathered(LocalBuilder data, LocalBuilder indices, Type index, int add, int shift)
    {
        string[] halves = vectors.Bytes == 64 ? ["GetLower", "GetUpper"] : [""];
        foreach (string half in halves)
        {
            il.Emit(OpCodes.Ldloc, data);
            LoadField(add);
            il.Emit(OpCodes.Ldloc, indices);
            if (half.Length > 0)
            {
                il.Emit(OpCodes.Call, vectors.Method(half, index, 1));
            }

            if (shift > 0)
            {
                il.Emit(OpCodes.Ldc_I4, shift);
                il.Emit(OpCodes.Call, VectorSet.Narrow.Operator("op_RightShift", index));
            }

            PushGather(index);
        }

        if (halves.Length == 2)
        {
            il.Emit(OpCodes.Call, vectors.Join(index, VectorSet.Narrow));
        }
    }

    private void EmitGatheredShadow(Access access, LocalBuilder[] indices, Type index, Label failed)
    {
        Label written = il.DefineLabel();
        if (!access.Shared)
        {
            il.Emit(OpCodes.Ldloc, access.Shadow);
            il.Emit(OpCodes.Brfalse, written);
        }

        long words = access.Total switch { 4 => 0xff, 8 => 0xffff, _ => uint.MaxValue };
        for (int part = 0; part < indices.Length; part++)
        {
            PushGathered(access.Shadow, indices[part], index, 0, 2);
            if (part > 0)
            {
                il.Emit(OpCodes.Call, vectors.Operator("op_BitwiseOr", index));
            }
        }

        PushSplat(words, index);
        il.Emit(OpCodes.Call, vectors.Operator("op_BitwiseAnd", index));
        PushSplat(0, index);
        il.Emit(OpCodes.Call, vectors.Operator("op_Inequality", index));
        il.Emit(OpCodes.Brtrue, failed);
        il.MarkLabel(written);
    }
}
