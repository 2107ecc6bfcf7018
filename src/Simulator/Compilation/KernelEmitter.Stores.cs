using System.Reflection.Emit;
using KernelForge.Simulator.Lowering;

namespace KernelForge.Simulator.Compilation;

/// <summary>Stores: whole vectors where lanes go along consecutive elements, else lane after lane in their order.</summary>
internal sealed partial class KernelEmitter
{
    private bool EmitStore(in Instruction ins)
    {
        Access access = Describe(ins);
        if (access.Address.IsVector)
        {
            EmitOffsets(access, out LocalBuilder[] offsets);
            RecordAccess(access);
            SpillOffsets(offsets);
            Array.ForEach(offsets, Release);
            EmitLaneStores(access);
            ReleaseAccess(access);
            return true;
        }

        if (!EmitRange(access))
        {
            return false;
        }

        RecordAccess(access);
        Label done = il.DefineLabel();
        long[] pattern = access.Address.Pattern!;
        bool consecutive = access.Rows.Length == 1 && IsConsecutive(pattern, access);
        if (access.Address.IsUniform)
        {
            EmitUniformStore(access);
        }
        else if (consecutive)
        {
            Label some = il.DefineLabel();
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.Ldc_I4_M1);
            il.Emit(OpCodes.Bne_Un, some);
            Type plain = access.IsWide ? typeof(ulong) : typeof(uint);
            int lanes = vectors.Lanes(access.IsWide);
            for (int part = 0; part < vectors.Parts(access.IsWide); part++)
            {
                PushPlace(access, pattern[part * lanes]);
                PushVector(access.Rows[0], plain, part);
                il.Emit(OpCodes.Stobj, vectors.Of(plain));
            }

            ClearShadow(access);
            il.MarkLabel(done);
            DeferLaneStores(access, some, done);
        }
        else
        {
            EmitLaneStores(access);
        }

        ReleaseAccess(access);
        return true;
    }

    /// <summary>Every vector of lanes goes along consecutive elements, and no two lanes meet.</summary>
    private bool IsConsecutive(long[] pattern, Access access)
    {
        int lanes = vectors.Lanes(access.IsWide);
        for (int lane = 0; lane < 32; lane++)
        {
            if (lane % lanes != 0 && pattern[lane] != pattern[lane - 1] + access.Size)
            {
                return false;
            }
        }

        return pattern.Distinct().Count() == 32;
    }

    private void ClearShadow(Access access)
    {
        Label none = il.DefineLabel();
        if (access.Shared && !checkInitialised)
        {
            return;
        }

        if (!access.Shared)
        {
            il.Emit(OpCodes.Ldloc, access.Shadow);
            il.Emit(OpCodes.Brfalse, none);
        }

        foreach ((int at, int bytes) in Pieces(Runs(access)))
        {
            PushShadow(access, at);
            if (bytes >= 16)
            {
                VectorSet set = bytes == 32 ? VectorSet.Narrow : VectorSet.Single;
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Conv_I8);
                il.Emit(OpCodes.Call, set.Create(typeof(ulong), 1));
                il.Emit(OpCodes.Stobj, set.Of(typeof(ulong)));
            }
            else
            {
                il.Emit(OpCodes.Ldc_I4_0);
                if (bytes == 8)
                {
                    il.Emit(OpCodes.Conv_I8);
                }

                il.Emit(bytes switch { 8 => OpCodes.Stind_I8, 4 => OpCodes.Stind_I4, 2 => OpCodes.Stind_I2, _ => OpCodes.Stind_I1 });
            }
        }

        il.MarkLabel(none);
    }

    /// <summary>All lanes store to one place: the last one's value stays.</summary>
    private void EmitUniformStore(Access access)
    {
        LocalBuilder lane = Take(typeof(long));
        il.Emit(OpCodes.Ldc_I4, 31);
        il.Emit(OpCodes.Ldloc, maskLocal);
        il.Emit(OpCodes.Call, typeof(System.Numerics.BitOperations).GetMethod("LeadingZeroCount", [typeof(uint)])!);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Stloc, lane);
        for (int k = 0; k < access.Rows.Length; k++)
        {
            bool one = Value(access.Rows[k]).IsUniform;
            if (!one)
            {
                SpillValues(access, k);
            }

            PushPlace(access, (k * access.Size) + access.Address.Pattern![0]);
            if (one)
            {
                PushScalar(access.Rows[k], access.IsWide);
            }
            else
            {
                PushLaneValue(access, lane);
            }

            il.Emit(access.IsWide ? OpCodes.Stind_I8 : OpCodes.Stind_I4);
        }

        ClearShadow(access);
        Release(lane);
    }

    private void SpillValues(Access access, int k)
    {
        Type plain = access.IsWide ? typeof(ulong) : typeof(uint);
        for (int part = 0; part < vectors.Parts(access.IsWide); part++)
        {
            il.Emit(OpCodes.Ldloc, frameLocal);
            LoadField(128 + (part * vectors.Bytes));
            PushVector(access.Rows[k], plain, part);
            il.Emit(OpCodes.Stobj, vectors.Of(plain));
        }
    }

    private void PushLaneValue(Access access, LocalBuilder lane)
    {
        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(128);
        il.Emit(OpCodes.Ldloc, lane);
        il.Emit(access.IsWide ? OpCodes.Ldc_I4_3 : OpCodes.Ldc_I4_2);
        il.Emit(OpCodes.Shl);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(access.IsWide ? OpCodes.Ldind_I8 : OpCodes.Ldind_U4);
    }

    private void EmitLaneStores(Access access)
    {
        LocalBuilder rest = Take(typeof(uint)), lane = Take(typeof(long));
        LaneStores(access, rest, lane);
        Release(rest);
        Release(lane);
    }

    private void DeferLaneStores(Access access, Label some, Label done)
    {
        LocalBuilder rest = Take(typeof(uint)), lane = Take(typeof(long));
        LocalBuilder[] kept = OperandLocals(access.Rows[0]);
        deferred.Add(() =>
        {
            il.MarkLabel(some);
            int row = graph.RowAt(access.Rows[0]);
            if (kept.Length > 0)
            {
                locals[row] = kept;
            }

            LaneStores(access, rest, lane);
            if (kept.Length > 0 && !crossing[row])
            {
                locals.Remove(row);
            }

            il.Emit(OpCodes.Br, done);
        });
        Release(rest);
        Release(lane);
    }

    /// <summary>Stores of the running lanes, one after another in their order.</summary>
    private void LaneStores(Access access, LocalBuilder rest, LocalBuilder lane)
    {
        for (int k = 0; k < access.Rows.Length; k++)
        {
            Label next = il.DefineLabel(), unmarked = il.DefineLabel();
            SpillValues(access, k);
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.Stloc, rest);
            il.MarkLabel(next);
            TakeLane(rest, lane);
            il.Emit(OpCodes.Ldloc, access.Data);
            PushLaneOffset(access, lane);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
            LoadField(k * access.Size);
            PushLaneValue(access, lane);
            il.Emit(access.IsWide ? OpCodes.Stind_I8 : OpCodes.Stind_I4);
            if (!access.Shared)
            {
                il.Emit(OpCodes.Ldloc, access.Shadow);
                il.Emit(OpCodes.Brfalse, unmarked);
            }

            if (!access.Shared || checkInitialised)
            {
                PushLaneShadow(access, lane, k * access.Size / 4);
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(access.IsWide ? OpCodes.Stind_I2 : OpCodes.Stind_I1);
            }

            il.MarkLabel(unmarked);
            il.Emit(OpCodes.Ldloc, rest);
            il.Emit(OpCodes.Brtrue, next);
        }
    }
}
