using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Compilation;

/// <summary>
/// Loads and stores. Where the address is a base and a known pattern a warp's access takes one test of the bounds, one of the shadow and
/// a few vector moves; any other address is tested as vectors and gathered. Whatever is wrong, or out of the ordinary, is the interpreter's.
/// </summary>
internal sealed partial class KernelEmitter
{
    private const int EntryStart = 0, EntryLength = 8, EntryData = 16, EntryShadow = 24, EntryPages = 32, EntryOwner = 40, EntryReadOnly = 52;

    // By code index: the access of the same segment that was tested for this one too.
    private readonly Dictionary<int, Access> tested = [];

    /// <summary>An access that is being made: its operands and where it goes.</summary>
    private sealed class Access
    {
        public required Instruction Instruction { get; init; }

        public required LaneValue Address { get; init; }

        public required bool Write { get; init; }

        public required bool Shared { get; init; }

        /// <summary>Bytes of an element.</summary>
        public required int Size { get; init; }

        public required int[] Rows { get; init; }

        /// <summary>Offset in the buffer of a lane whose pattern is zero.</summary>
        public LocalBuilder Offset { get; set; } = null!;

        /// <summary>Where the buffer's bytes are.</summary>
        public LocalBuilder Data { get; set; } = null!;

        public LocalBuilder Shadow { get; set; } = null!;

        /// <summary>Not zero: the buffer is never written. Null: not looked at.</summary>
        public LocalBuilder? ReadOnly { get; set; }

        /// <summary>Constant between this access and the one that tested for both.</summary>
        public long Shift { get; set; }

        /// <summary>Code index of the last of them.</summary>
        public int Last { get; set; }

        /// <summary>Constants of all accesses that one test is made for, this one's first.</summary>
        public List<long> Shifts { get; } = [0];

        /// <summary>Lowest offset of any lane, relative to <see cref="Offset"/>.</summary>
        public long Low => Address.Min + Shifts.Min();

        /// <summary>Bytes from there to the end of the highest.</summary>
        public long Span => Address.Max - Address.Min + Shifts.Max() - Shifts.Min() + Total;

        public int Total => Size * Rows.Length;

        public bool IsWide => Size == 8;
    }

    private Access Describe(in Instruction ins) => new()
    {
        Instruction = ins,
        Address = Value(ins.A),
        Write = OpFacts.IsStore(ins.Op),
        Shared = (PtxSpace)ins.Type2 == PtxSpace.Shared,
        Size = ((PtxType)ins.Type).Size(),
        Rows = program.Extra.AsSpan(ins.C, Math.Max(1, ins.D2)).ToArray(),
    };

    private bool EmitLoad(in Instruction ins)
    {
        Access access = Describe(ins);
        if (access.Address.IsVector)
        {
            EmitGather(access);
            return true;
        }

        if (tested.TryGetValue(code, out Access? first))
        {
            access.Offset = first.Offset;
            access.Data = first.Data;
            access.Shadow = first.Shadow;
            access.ReadOnly = first.ReadOnly;
            access.Shift = access.Instruction.Imm - first.Instruction.Imm;
        }
        else
        {
            FindFollowers(access);
            if (!EmitRange(access))
            {
                return false;
            }

            if (checkInitialised)
            {
                EmitInitialisedTest(access);
            }
        }

        RecordAccess(access);
        for (int k = 0; k < access.Rows.Length; k++)
        {
            int row = Destination(access.Rows[k]);
            if (row < 0)
            {
                continue;
            }

            if (access.Address.IsUniform)
            {
                PushPlace(access, (k * access.Size) + access.Address.Pattern![0]);
                il.Emit(access.IsWide ? OpCodes.Ldind_I8 : OpCodes.Ldind_U4);
                StoreScalar(row);
                continue;
            }

            EmitPatternLoad(access, k, row);
        }

        Access leader = first ?? access;
        if (leader.Last == code)
        {
            ReleaseAccess(leader);
        }

        return true;
    }

    /// <summary>
    /// Later loads of the segment at the same base: one test serves them all, as long as nothing is stored in between that might make
    /// their words written.
    /// </summary>
    private void FindFollowers(Access access)
    {
        Instruction leader = access.Instruction;
        access.Last = code;
        int row = graph.RowAt(leader.A);
        for (int at = code; at < segment.End; at++)
        {
            ref readonly Instruction ins = ref program.Code[at];
            if (OpFacts.IsStore(ins.Op) && (PtxSpace)ins.Type2 == (PtxSpace)leader.Type2)
            {
                return;
            }

            long shift = ins.Imm - leader.Imm;
            if (at > code && ins.Op == leader.Op && ins.A == leader.A && ins.Type2 == leader.Type2 && ins.D2 == leader.D2
                && ((PtxType)ins.Type).Size() == access.Size && shift % access.Total == 0 && Math.Abs(shift) < 1 << 16)
            {
                access.Shifts.Add(shift);
                tested[at] = access;
                access.Last = at;
            }

            if (graph.Definitions[at].Contains(row))
            {
                return;
            }
        }
    }

    private void EmitPatternLoad(Access access, int k, int row)
    {
        Type plain = access.IsWide ? typeof(ulong) : typeof(uint);
        int lanes = vectors.Lanes(access.IsWide);
        int parts = vectors.Parts(access.IsWide);
        var loaded = new LocalBuilder[parts];
        long[] pattern = access.Address.Pattern!;
        for (int part = 0; part < parts; part++)
        {
            int same = Enumerable.Range(0, part).FirstOrDefault(p => pattern.AsSpan(p * lanes, lanes).SequenceEqual(pattern.AsSpan(part * lanes, lanes)), -1);
            if (same >= 0)
            {
                loaded[part] = loaded[same];
            }
            else
            {
                loaded[part] = Take(vectors.Of(plain));
                PushElements(access, vectors, part * lanes, k);
                il.Emit(OpCodes.Stloc, loaded[part]);
            }
        }

        for (int part = 0; part < parts; part++)
        {
            il.Emit(OpCodes.Ldloc, loaded[part]);
            StoreVector(row, plain, part);
        }

        foreach (LocalBuilder local in loaded.Distinct())
        {
            Release(local);
        }
    }

    /// <summary>Pushes the vector of some lanes' elements.</summary>
    private void PushElements(Access access, VectorSet set, int firstLane, int k)
    {
        Type plain = access.IsWide ? typeof(ulong) : typeof(uint);
        long[] pattern = access.Address.Pattern!;
        int lanes = set.Lanes(access.IsWide);
        long first = pattern[firstLane];
        bool equal = true, consecutive = true;
        for (int i = 0; i < lanes; i++)
        {
            equal &= pattern[firstLane + i] == first;
            consecutive &= pattern[firstLane + i] == first + (i * access.Size);
        }

        if (consecutive)
        {
            PushPlace(access, first + (k * access.Size));
            il.Emit(OpCodes.Ldobj, set.Of(plain));
        }
        else if (equal)
        {
            PushPlace(access, first + (k * access.Size));
            il.Emit(access.IsWide ? OpCodes.Ldind_I8 : OpCodes.Ldind_U4);
            il.Emit(OpCodes.Call, set.Create(plain, 1));
        }
        else if (set.Bytes == 64)
        {
            PushElements(access, VectorSet.Narrow, firstLane, k);
            PushElements(access, VectorSet.Narrow, firstLane + (lanes / 2), k);
            il.Emit(OpCodes.Call, set.Join(plain, VectorSet.Narrow));
        }
        else
        {
            Type index = access.IsWide ? typeof(long) : typeof(int);
            PushPlace(access, k * access.Size);
            for (int i = 0; i < lanes; i++)
            {
                LoadConstant(pattern[firstLane + i], access.IsWide);
            }

            il.Emit(OpCodes.Call, set.Create(index, lanes));
            PushGather(index);
            il.Emit(OpCodes.Call, set.Cast(index, plain));
        }
    }

    private void PushGather(Type index)
    {
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Call, typeof(Avx2).GetMethod("GatherVector256", [index.MakePointerType(), VectorSet.Narrow.Of(index), typeof(byte)])!);
    }

    /// <summary>Pushes the address of the buffer's byte at the access's offset plus a constant.</summary>
    private void PushPlace(Access access, long add)
    {
        il.Emit(OpCodes.Ldloc, access.Data);
        il.Emit(OpCodes.Ldloc, access.Offset);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        LoadField((int)(add + access.Shift));
    }

    private void ReleaseAccess(Access access)
    {
        Release(access.Offset);
        if (!access.Shared)
        {
            Release(access.Data);
            Release(access.Shadow);
            if (access.ReadOnly is not null)
            {
                Release(access.ReadOnly);
            }
        }
    }

    /// <summary>Pushes the entry that the instruction found last.</summary>
    private void PushEntry()
    {
        il.Emit(OpCodes.Ldloc, cacheLocal);
        LoadField(code * 8);
        il.Emit(OpCodes.Ldind_I);
    }

    /// <summary>Finds the buffer and tests bounds and alignment of all lanes at once. False: it never holds.</summary>
    private bool EmitRange(Access access)
    {
        LaneValue address = access.Address;
        int total = access.Total;
        long span = access.Span;
        if (span > 1 << 24 || address.Pattern!.Any(p => (p - address.Min) % total != 0) || (access.Shared && span > specialisation.SharedBytes))
        {
            Leave(ExitKind.Interpret, code, liveBefore, code);
            return false;
        }

        Label exit = SideExit();
        LocalBuilder offset = Take(typeof(long)), lowest = Take(typeof(long));
        access.Offset = offset;
        if (access.Shared)
        {
            access.Data = sharedDataLocal;
            access.Shadow = sharedShadowLocal;
            PushScalar(access.Instruction.A, wide: true);
            il.Emit(OpCodes.Ldc_I8, access.Instruction.Imm);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Stloc, offset);
            PushLowest(access);
            il.Emit(OpCodes.Stloc, lowest);
            il.Emit(OpCodes.Ldloc, lowest);
            il.Emit(OpCodes.Ldc_I8, specialisation.SharedBytes - span);
            il.Emit(OpCodes.Bgt_Un, exit);
        }
        else
        {
            EmitGlobalRange(access, lowest, span, exit);
        }

        int known = Math.Min(address.Alignment, System.Numerics.BitOperations.TrailingZeroCount(access.Instruction.Imm | (1L << 20)));
        if (1 << Math.Min(known, 20) < total || (access.Low & (total - 1)) != 0)
        {
            il.Emit(OpCodes.Ldloc, lowest);
            il.Emit(OpCodes.Conv_I4);
            il.Emit(OpCodes.Ldc_I4, total - 1);
            il.Emit(OpCodes.And);
            il.Emit(OpCodes.Brtrue, exit);
        }

        Release(lowest);
        return true;
    }

    private void PushLowest(Access access)
    {
        il.Emit(OpCodes.Ldloc, access.Offset);
        if (access.Low != 0)
        {
            il.Emit(OpCodes.Ldc_I8, access.Low);
            il.Emit(OpCodes.Add);
        }
    }

    private void EmitGlobalRange(Access access, LocalBuilder lowest, long span, Label exit)
    {
        LocalBuilder entry = Take(typeof(nint)), length = Take(typeof(long));
        access.Data = Take(typeof(nint));
        access.Shadow = Take(typeof(nint));
        Label again = il.DefineLabel(), miss = il.DefineLabel();
        PushEntry();
        il.Emit(OpCodes.Stloc, entry);
        il.MarkLabel(again);
        PushScalar(access.Instruction.A, wide: true);
        il.Emit(OpCodes.Ldc_I8, access.Instruction.Imm);
        il.Emit(OpCodes.Add);
        PushEntryField(entry, EntryStart, OpCodes.Ldind_I8);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Stloc, access.Offset);
        PushLowest(access);
        il.Emit(OpCodes.Stloc, lowest);
        PushEntryField(entry, EntryLength, OpCodes.Ldind_I8);
        il.Emit(OpCodes.Stloc, length);
        il.Emit(OpCodes.Ldloc, lowest);
        il.Emit(OpCodes.Ldloc, length);
        il.Emit(OpCodes.Bge_Un, miss);
        il.Emit(OpCodes.Ldloc, lowest);
        il.Emit(OpCodes.Ldc_I8, span);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldloc, length);
        il.Emit(OpCodes.Bgt_Un, exit);
        if (access.Write)
        {
            PushEntryField(entry, EntryReadOnly, OpCodes.Ldind_I4);
            il.Emit(OpCodes.Brtrue, exit);
        }

        TakeReadOnly(access, entry);
        PushEntryField(entry, EntryData, OpCodes.Ldind_I);
        il.Emit(OpCodes.Stloc, access.Data);
        if (access.Write || checkInitialised)
        {
            PushEntryField(entry, EntryShadow, OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, access.Shadow);
        }

        DeferPageLookup(access, entry, lowest, miss, again, exit);
        Release(entry);
        Release(length);
    }

    /// <summary>Another page of the same buffer that is there already.</summary>
    private void DeferPageLookup(Access access, LocalBuilder entry, LocalBuilder lowest, Label miss, Label again, Label exit)
    {
        int at = code;
        LocalBuilder owner = Take(typeof(nint));
        deferred.Add(() =>
        {
            il.MarkLabel(miss);
            PushEntryField(entry, EntryOwner, OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, owner);
            il.Emit(OpCodes.Ldloc, owner);
            il.Emit(OpCodes.Brfalse, exit);

            // From the page's start to the buffer's.
            il.Emit(OpCodes.Ldloc, lowest);
            PushEntryField(entry, EntryStart, OpCodes.Ldind_I8);
            il.Emit(OpCodes.Add);
            PushEntryField(owner, EntryStart, OpCodes.Ldind_I8);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Stloc, lowest);
            il.Emit(OpCodes.Ldloc, lowest);
            PushEntryField(owner, EntryLength, OpCodes.Ldind_I8);
            il.Emit(OpCodes.Bge_Un, exit);
            PushEntryField(owner, EntryPages, OpCodes.Ldind_I);
            il.Emit(OpCodes.Ldloc, lowest);
            il.Emit(OpCodes.Ldc_I4, System.Numerics.BitOperations.Log2(Memory.DeviceBuffer.PageBytes));
            il.Emit(OpCodes.Shr_Un);
            il.Emit(OpCodes.Ldc_I4_8);
            il.Emit(OpCodes.Conv_I8);
            il.Emit(OpCodes.Mul);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_I);
            il.Emit(OpCodes.Stloc, entry);
            il.Emit(OpCodes.Ldloc, entry);
            il.Emit(OpCodes.Brfalse, exit);
            il.Emit(OpCodes.Ldloc, cacheLocal);
            LoadField(at * 8);
            il.Emit(OpCodes.Ldloc, entry);
            il.Emit(OpCodes.Stind_I);
            il.Emit(OpCodes.Br, again);
        });
        Release(owner);
    }

    private void PushEntryField(LocalBuilder entry, int offset, OpCode load)
    {
        il.Emit(OpCodes.Ldloc, entry);
        LoadField(offset);
        il.Emit(load);
    }

    /// <summary>Words that the lanes touch, relative to the lowest: runs of consecutive ones.</summary>
    private static List<(int First, int Count)> Runs(Access access)
    {
        int words = access.Total / 4;
        var touched = new SortedSet<int>();
        foreach (long shift in access.Shifts)
        {
            foreach (long p in access.Address.Pattern!)
            {
                for (int w = 0; w < words; w++)
                {
                    touched.Add((int)((p + shift - access.Low) / 4) + w);
                }
            }
        }

        var runs = new List<(int First, int Count)>();
        foreach (int word in touched)
        {
            if (runs.Count > 0 && runs[^1].First + runs[^1].Count == word)
            {
                runs[^1] = (runs[^1].First, runs[^1].Count + 1);
            }
            else
            {
                runs.Add((word, 1));
            }
        }

        return runs;
    }

    /// <summary>Pushes the address of the shadow of the lowest word plus some.</summary>
    private void PushShadow(Access access, int word)
    {
        il.Emit(OpCodes.Ldloc, access.Shadow);
        PushLowest(access);
        il.Emit(OpCodes.Ldc_I4_2);
        il.Emit(OpCodes.Shr_Un);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        LoadField(word);
    }

    /// <summary>Pieces of 32, 16, 8, 4, 2 and 1 bytes.</summary>
    private static IEnumerable<(int At, int Bytes)> Pieces(List<(int First, int Count)> runs)
    {
        foreach ((int first, int count) in runs)
        {
            int at = first, left = count;
            foreach (int bytes in new[] { 32, 16, 8, 4, 2, 1 })
            {
                while (left >= bytes)
                {
                    yield return (at, bytes);
                    at += bytes;
                    left -= bytes;
                }
            }
        }
    }

    private void EmitInitialisedTest(Access access)
    {
        Label written = il.DefineLabel(), unsure = il.DefineLabel();
        if (!access.Shared)
        {
            il.Emit(OpCodes.Ldloc, access.Shadow);
            il.Emit(OpCodes.Brfalse, written);
        }

        List<(int At, int Bytes)> pieces = [.. Pieces(Runs(access))];
        foreach (VectorSet set in new[] { VectorSet.Narrow, VectorSet.Single })
        {
            int vectorsSoFar = 0;
            foreach ((int at, int bytes) in pieces.Where(p => p.Bytes == set.Bytes))
            {
                PushShadow(access, at);
                il.Emit(OpCodes.Ldobj, set.Of(typeof(ulong)));
                if (vectorsSoFar++ > 0)
                {
                    il.Emit(OpCodes.Call, set.Operator("op_BitwiseOr", typeof(ulong)));
                }
            }

            if (vectorsSoFar > 0)
            {
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Conv_I8);
                il.Emit(OpCodes.Call, set.Create(typeof(ulong), 1));
                il.Emit(OpCodes.Call, set.Operator("op_Inequality", typeof(ulong)));
                il.Emit(OpCodes.Brtrue, unsure);
            }
        }

        int scalars = 0;
        foreach ((int at, int bytes) in pieces.Where(p => p.Bytes < 16))
        {
            PushShadow(access, at);
            il.Emit(bytes switch { 8 => OpCodes.Ldind_I8, 4 => OpCodes.Ldind_U4, 2 => OpCodes.Ldind_U2, _ => OpCodes.Ldind_U1 });
            il.Emit(OpCodes.Conv_U8);
            if (scalars++ > 0)
            {
                il.Emit(OpCodes.Or);
            }
        }

        if (scalars > 0)
        {
            il.Emit(OpCodes.Brtrue, unsure);
        }

        il.MarkLabel(written);

        // Lanes that do not run may stand at words that nothing wrote.
        Label exit = SideExit();
        LocalBuilder rest = Take(typeof(uint)), lane = Take(typeof(long));
        deferred.Add(() =>
        {
            Label next = il.DefineLabel();
            il.MarkLabel(unsure);
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.Ldc_I4_M1);
            il.Emit(OpCodes.Beq, exit);
            il.Emit(OpCodes.Ldloc, maskLocal);
            il.Emit(OpCodes.Stloc, rest);
            il.MarkLabel(next);
            TakeLane(rest, lane);
            foreach (long shift in access.Shifts)
            {
                for (int w = 0; w < access.Total / 4; w++)
                {
                    PushLaneShadow(access, lane, (int)(shift / 4) + w);
                    il.Emit(OpCodes.Ldind_U1);
                    il.Emit(OpCodes.Brtrue, exit);
                }
            }

            il.Emit(OpCodes.Ldloc, rest);
            il.Emit(OpCodes.Brtrue, next);
            il.Emit(OpCodes.Br, written);
        });
        Release(rest);
        Release(lane);
    }

    /// <summary>The lowest lane of a set that is not empty, taken out of it.</summary>
    private void TakeLane(LocalBuilder rest, LocalBuilder lane)
    {
        il.Emit(OpCodes.Ldloc, rest);
        il.Emit(OpCodes.Call, typeof(System.Numerics.BitOperations).GetMethod("TrailingZeroCount", [typeof(uint)])!);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Stloc, lane);
        il.Emit(OpCodes.Ldloc, rest);
        il.Emit(OpCodes.Ldloc, rest);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Stloc, rest);
    }

    /// <summary>Pushes a lane's offset in the buffer.</summary>
    private void PushLaneOffset(Access access, LocalBuilder lane)
    {
        if (access.Address.IsVector)
        {
            il.Emit(OpCodes.Ldloc, frameLocal);
            LoadField(384);
        }
        else
        {
            il.Emit(OpCodes.Ldloc, access.Offset);
            il.Emit(OpCodes.Ldc_I8, (long)Table(access.Address.Pattern!, wide: true));
            il.Emit(OpCodes.Conv_I);
        }

        il.Emit(OpCodes.Ldloc, lane);
        il.Emit(OpCodes.Ldc_I4_3);
        il.Emit(OpCodes.Shl);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ldind_I8);
        if (!access.Address.IsVector)
        {
            il.Emit(OpCodes.Add);
        }
    }

    private void PushLaneShadow(Access access, LocalBuilder lane, int word)
    {
        il.Emit(OpCodes.Ldloc, access.Shadow);
        PushLaneOffset(access, lane);
        il.Emit(OpCodes.Ldc_I4_2);
        il.Emit(OpCodes.Shr_Un);
        il.Emit(OpCodes.Conv_I);
        il.Emit(OpCodes.Add);
        LoadField(word);
    }
}
