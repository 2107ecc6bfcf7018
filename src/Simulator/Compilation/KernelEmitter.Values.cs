using System.Collections;
using System.Reflection.Emit;

namespace KernelForge.Simulator.Compilation;

/// <summary>Registers as locals, and the values in them on the evaluation stack.</summary>
internal sealed partial class KernelEmitter
{
    private readonly Dictionary<int, LocalBuilder[]> locals = [];
    private readonly Dictionary<Type, Stack<LocalBuilder>> free = [];
    private readonly Dictionary<(bool Wide, int Part), LocalBuilder> masks = [];
    private BitArray crossing = null!;

    // Under a guard: the lanes that execute the instruction. Null: all that run.
    private LocalBuilder? guardLocal;

    // One value for all lanes: arithmetic works on single vectors whose elements are the same.
    private bool single;

    private void StartLocals()
    {
        locals.Clear();
        free.Clear();
        masks.Clear();
        crossing = new BitArray(graph.Rows.Count);
        foreach (Segment s in graph.Segments)
        {
            crossing.Or(analysis.LiveAtHead(s));
        }
    }

    private LocalBuilder Take(Type type)
    {
        if (free.TryGetValue(type, out Stack<LocalBuilder>? stack) && stack.TryPop(out LocalBuilder? local))
        {
            return local;
        }

        return il.DeclareLocal(type);
    }

    private void Release(LocalBuilder local)
    {
        if (!free.TryGetValue(local.LocalType, out Stack<LocalBuilder>? stack))
        {
            stack = new Stack<LocalBuilder>();
            free[local.LocalType] = stack;
        }

        stack.Push(local);
    }

    /// <summary>Gives back the locals of registers that live in one segment only and are read no more.</summary>
    private void ReleaseDead(BitArray live)
    {
        foreach (int row in locals.Keys.ToArray())
        {
            if (!crossing[row] && !live[row])
            {
                Array.ForEach(locals[row], Release);
                locals.Remove(row);
            }
        }
    }

    private void ReleaseAll()
    {
        foreach (int row in locals.Keys.ToArray())
        {
            if (!crossing[row])
            {
                Array.ForEach(locals[row], Release);
                locals.Remove(row);
            }
        }

        foreach (LocalBuilder mask in masks.Values)
        {
            Release(mask);
        }

        masks.Clear();
    }

    private LocalBuilder[] LocalsOf(int row)
    {
        if (!locals.TryGetValue(row, out LocalBuilder[]? all))
        {
            // One that lives across segments has locals of its own: those in the pool were other things in code that runs later.
            Row place = graph.Rows[row];
            Type type = place.Predicate ? typeof(uint)
                : Value(place.Offset).IsVector ? vectors.Of(place.Wide ? typeof(ulong) : typeof(uint))
                : place.Wide ? typeof(long) : typeof(uint);
            int count = !place.Predicate && Value(place.Offset).IsVector ? vectors.Parts(place.Wide) : 1;
            all = [.. Enumerable.Range(0, count).Select(_ => crossing[row] ? il.DeclareLocal(type) : Take(type))];

            locals[row] = all;
        }

        return all;
    }

    private void LoadConstant(long value, bool wide)
    {
        if (wide)
        {
            il.Emit(OpCodes.Ldc_I8, value);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4, (int)value);
        }
    }

    /// <summary>Pushes a row's one value, or its base: 32 or 64 bits.</summary>
    private void PushScalar(int offset, bool wide)
    {
        LaneValue value = Value(offset);
        if (value.Base is { } constant)
        {
            LoadConstant(constant, wide);
            return;
        }

        int row = graph.RowAt(offset);
        if (row >= 0)
        {
            il.Emit(OpCodes.Ldloc, LocalsOf(row)[0]);
            return;
        }

        // A constant or special register: from the lane whose pattern is zero.
        int lane = Array.IndexOf(value.Pattern!, 0L);
        il.Emit(OpCodes.Ldloc, registersLocal);
        LoadField(offset + (lane * (wide ? 8 : 4)));
        il.Emit(wide ? OpCodes.Ldind_I8 : OpCodes.Ldind_U4);
    }

    private static Type Plain(Type element) => element == typeof(long) || element == typeof(double) || element == typeof(ulong) ? typeof(ulong) : typeof(uint);

    private VectorSet Set => single ? VectorSet.Single : vectors;

    private void As(Type from, Type to)
    {
        if (from != to)
        {
            il.Emit(OpCodes.Call, Set.Cast(from, to));
        }
    }

    /// <summary>Pushes one vector of a row.</summary>
    private void PushVector(int offset, Type element, int part)
    {
        Type plain = Plain(element);
        bool wide = plain == typeof(ulong);
        LaneValue value = Value(offset);
        if (value.IsVector)
        {
            int row = graph.RowAt(offset);
            if (row >= 0)
            {
                il.Emit(OpCodes.Ldloc, LocalsOf(row)[part]);
            }
            else
            {
                il.Emit(OpCodes.Ldloc, registersLocal);
                LoadField(offset + (part * vectors.Bytes));
                il.Emit(OpCodes.Ldobj, vectors.Of(plain));
            }
        }
        else if (single || value.IsUniform)
        {
            PushScalar(offset, wide);
            il.Emit(OpCodes.Call, Set.Create(plain, 1));
        }
        else if (value.Base is { } constant)
        {
            PushPattern(value.Pattern!, constant, wide, part);
        }
        else
        {
            PushScalar(offset, wide);
            il.Emit(OpCodes.Call, Set.Create(plain, 1));
            PushPattern(value.Pattern!, 0, wide, part);
            il.Emit(OpCodes.Call, Set.Operator("op_Addition", plain));
        }

        As(plain, element);
    }

    private void PushPattern(long[] pattern, long add, bool wide, int part)
    {
        int lanes = vectors.Lanes(wide);
        for (int lane = 0; lane < lanes; lane++)
        {
            LoadConstant(pattern[(part * lanes) + lane] + add, wide);
        }

        il.Emit(OpCodes.Call, vectors.Create(wide ? typeof(ulong) : typeof(uint), lanes));
    }

    private void PushSplat(long value, Type element)
    {
        Type plain = Plain(element);
        LoadConstant(value, plain == typeof(ulong));
        il.Emit(OpCodes.Call, Set.Create(plain, 1));
        As(plain, element);
    }

    private void PushSplat(float value) => PushSplat(BitConverter.SingleToInt32Bits(value), typeof(float));

    /// <summary>Pushes a predicate: a bit a lane.</summary>
    private void PushPredicate(int offset)
    {
        if (offset == program.TruePredicateOffset || offset == program.TruePredicateOffset + 4)
        {
            il.Emit(offset == program.TruePredicateOffset ? OpCodes.Ldc_I4_M1 : OpCodes.Ldc_I4_0);
            return;
        }

        il.Emit(OpCodes.Ldloc, LocalsOf(graph.RowAt(offset))[0]);
    }

    private void PushPredicate(int offset, bool negated)
    {
        PushPredicate(offset);
        if (negated)
        {
            il.Emit(OpCodes.Not);
        }
    }

    /// <summary>From the bits on the stack: all ones in the lanes whose bits are set.</summary>
    private void BitsToMask(bool wide, int part)
    {
        Type plain = wide ? typeof(ulong) : typeof(uint);
        int lanes = Set.Lanes(wide);
        int shift = part * lanes;
        if (shift > 0)
        {
            il.Emit(OpCodes.Ldc_I4, shift);
            il.Emit(OpCodes.Shr_Un);
        }

        if (wide)
        {
            il.Emit(OpCodes.Conv_U8);
        }

        il.Emit(OpCodes.Call, Set.Create(plain, 1));
        PushSelector(wide);
        il.Emit(OpCodes.Call, Set.Operator("op_BitwiseAnd", plain));
        PushSelector(wide);
        il.Emit(OpCodes.Call, Set.Method("Equals", plain, 2));
    }

    private void PushSelector(bool wide)
    {
        int lanes = Set.Lanes(wide);
        for (int lane = 0; lane < lanes; lane++)
        {
            LoadConstant(1L << lane, wide);
        }

        il.Emit(OpCodes.Call, Set.Create(wide ? typeof(ulong) : typeof(uint), lanes));
    }

    /// <summary>Pushes the executing lanes as a vector.</summary>
    private void PushMask(bool wide, int part)
    {
        if (guardLocal is not null)
        {
            il.Emit(OpCodes.Ldloc, guardLocal);
            BitsToMask(wide, part);
            return;
        }

        if (!masks.TryGetValue((wide, part), out LocalBuilder? mask))
        {
            mask = Take(vectors.Of(wide ? typeof(ulong) : typeof(uint)));
            il.Emit(OpCodes.Ldloc, maskLocal);
            BitsToMask(wide, part);
            il.Emit(OpCodes.Stloc, mask);
            masks[(wide, part)] = mask;
        }

        il.Emit(OpCodes.Ldloc, mask);
    }

    private LocalBuilder Executing => guardLocal ?? maskLocal;

    private bool Keeps(int row) => guardLocal is not null || segment.Blended.Contains(row);

    /// <summary>Pops one vector into a register.</summary>
    private void StoreVector(int row, Type element, int part)
    {
        Type plain = Plain(element);
        As(element, plain);
        LocalBuilder target = LocalsOf(row)[part];
        if (Keeps(row))
        {
            LocalBuilder value = Take(vectors.Of(plain));
            il.Emit(OpCodes.Stloc, value);
            PushMask(plain == typeof(ulong), part);
            il.Emit(OpCodes.Ldloc, value);
            il.Emit(OpCodes.Ldloc, target);
            il.Emit(OpCodes.Call, vectors.Method("ConditionalSelect", plain, 3));
            Release(value);
        }

        il.Emit(OpCodes.Stloc, target);
    }

    /// <summary>Pops one value for all lanes into a register, which may be a vector.</summary>
    private void StoreScalar(int row)
    {
        Row place = graph.Rows[row];
        if (!Value(place.Offset).IsVector)
        {
            il.Emit(OpCodes.Stloc, LocalsOf(row)[0]);
            return;
        }

        Type plain = place.Wide ? typeof(ulong) : typeof(uint);
        LocalBuilder vector = Take(vectors.Of(plain));
        il.Emit(OpCodes.Call, vectors.Create(plain, 1));
        il.Emit(OpCodes.Stloc, vector);
        for (int part = 0; part < vectors.Parts(place.Wide); part++)
        {
            il.Emit(OpCodes.Ldloc, vector);
            StoreVector(row, plain, part);
        }

        Release(vector);
    }

    /// <summary>Pops a bit a lane into a predicate.</summary>
    private void StorePredicate(int offset)
    {
        int row = graph.RowAt(offset);
        if (row < 0 || !liveAfter[row])
        {
            il.Emit(OpCodes.Pop);
            return;
        }

        LocalBuilder target = LocalsOf(row)[0];
        if (Keeps(row))
        {
            // old ^ ((old ^ new) & mask)
            il.Emit(OpCodes.Ldloc, target);
            il.Emit(OpCodes.Xor);
            il.Emit(OpCodes.Ldloc, Executing);
            il.Emit(OpCodes.And);
            il.Emit(OpCodes.Ldloc, target);
            il.Emit(OpCodes.Xor);
        }

        il.Emit(OpCodes.Stloc, target);
    }

    /// <summary>The live register that an instruction writes at this offset, or -1.</summary>
    private int Destination(int offset)
    {
        int row = graph.RowAt(offset);
        return row >= 0 && liveAfter[row] && Value(offset).Base is null ? row : -1;
    }
}
