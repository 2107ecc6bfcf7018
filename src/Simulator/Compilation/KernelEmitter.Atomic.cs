using System.Reflection.Emit;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Compilation;

/// <summary>Atomics of one word, lane after lane as in <c>AtomicUnit</c>; all lanes are tested before the first changes anything.</summary>
internal sealed partial class KernelEmitter
{
    private bool EmitAtomic(in Instruction ins)
    {
        var access = new Access
        {
            Instruction = ins,
            Address = LaneValue.Vector,
            Write = true,
            Shared = (PtxSpace)ins.Type2 == PtxSpace.Shared,
            Size = 4,
            Rows = [ins.B],
        };
        Label failed = EmitOffsets(access, out LocalBuilder[] offsets);
        if (checkInitialised)
        {
            LocalBuilder[] indices = EmitIndices(access, offsets);
            EmitGatheredShadow(access, indices, typeof(int), failed);
            Array.ForEach(indices, Release);
        }

        RecordAccess(access);
        SpillOffsets(offsets);
        Array.ForEach(offsets, Release);
        SpillValues(access, 0);
        LocalBuilder rest = Take(typeof(uint)), lane = Take(typeof(long)), address = Take(typeof(nint)), place = Take(typeof(nint)), old = Take(typeof(uint)), operand = Take(typeof(uint));
        Label next = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, maskLocal);
        il.Emit(OpCodes.Stloc, rest);
        il.MarkLabel(next);
        TakeLane(rest, lane);
        il.Emit(OpCodes.Ldloc, access.Data);
        PushLaneOffset(access, lane);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, address);
        il.Emit(OpCodes.Ldloc, frameLocal);
        LoadField(128);
        il.Emit(OpCodes.Ldloc, lane);
        il.Emit(OpCodes.Ldc_I4_2);
        il.Emit(OpCodes.Shl);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, place);
        il.Emit(OpCodes.Ldloc, place);
        il.Emit(OpCodes.Ldind_U4);
        il.Emit(OpCodes.Stloc, operand);
        EmitUpdate(ins, access, address, old, operand);
        il.Emit(OpCodes.Ldloc, place);
        il.Emit(OpCodes.Ldloc, old);
        il.Emit(OpCodes.Stind_I4);
        if (!access.Shared && !checkInitialised)
        {
            Label unmarked = il.DefineLabel();
            il.Emit(OpCodes.Ldloc, access.Shadow);
            il.Emit(OpCodes.Brfalse, unmarked);
            PushLaneShadow(access, lane, 0);
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Stind_I1);
            il.MarkLabel(unmarked);
        }

        il.Emit(OpCodes.Ldloc, rest);
        il.Emit(OpCodes.Brtrue, next);
        foreach (LocalBuilder local in new[] { rest, lane, address, place, old, operand })
        {
            Release(local);
        }

        int row = Destination(ins.D);
        for (int part = 0; row >= 0 && part < vectors.Parts(wide: false); part++)
        {
            il.Emit(OpCodes.Ldloc, frameLocal);
            LoadField(128 + (part * vectors.Bytes));
            il.Emit(OpCodes.Ldobj, vectors.Of(typeof(uint)));
            StoreVector(row, typeof(uint), part);
        }

        ReleaseAccess(access);
        return true;
    }

    /// <summary>Reads the word, and writes the combination with the operand. Global words may meet other cores: there only addition is compiled.</summary>
    private void EmitUpdate(in Instruction ins, Access access, LocalBuilder address, LocalBuilder old, LocalBuilder operand)
    {
        bool signed = ((PtxType)ins.Type).IsSigned();
        if (!access.Shared)
        {
            il.Emit(OpCodes.Ldloc, address);
            il.Emit(OpCodes.Ldloc, operand);
            il.Emit(OpCodes.Call, typeof(Interlocked).GetMethod("Add", [typeof(int).MakeByRefType(), typeof(int)])!);
            il.Emit(OpCodes.Ldloc, operand);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Stloc, old);
            return;
        }

        il.Emit(OpCodes.Ldloc, address);
        il.Emit(OpCodes.Ldind_U4);
        il.Emit(OpCodes.Stloc, old);
        il.Emit(OpCodes.Ldloc, address);
        if (ins.D2 == 6)
        {
            il.Emit(OpCodes.Ldloc, operand);
        }
        else if ((PtxType)ins.Type == PtxType.F32)
        {
            foreach (LocalBuilder value in new[] { old, operand })
            {
                il.Emit(OpCodes.Ldloc, value);
                il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.UInt32BitsToSingle))!);
            }

            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Call, typeof(BitConverter).GetMethod(nameof(BitConverter.SingleToUInt32Bits))!);
        }
        else
        {
            il.Emit(OpCodes.Ldloc, old);
            il.Emit(OpCodes.Ldloc, operand);
            Type type = signed ? typeof(int) : typeof(uint);
            switch (ins.D2)
            {
                case 0:
                    il.Emit(OpCodes.Add);
                    break;
                case 1 or 2:
                    il.Emit(OpCodes.Call, typeof(Math).GetMethod(ins.D2 == 1 ? "Min" : "Max", [type, type])!);
                    break;
                case 3:
                    il.Emit(OpCodes.And);
                    break;
                case 4:
                    il.Emit(OpCodes.Or);
                    break;
                default:
                    il.Emit(OpCodes.Xor);
                    break;
            }
        }

        il.Emit(OpCodes.Stind_I4);
    }
}
