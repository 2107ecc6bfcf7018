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

    private bool EmitStore(in Instruction ins)
    {
        Access access = Describe(ins);
        if (access.Address.IsVector)
        {
            EmitOffsets(access, out LocalBuilder[] offsets);
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
