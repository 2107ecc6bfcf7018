using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using KernelForge.Simulator.Execution;
using static KernelForge.Simulator.Execution.Vectors;

namespace KernelForge.Simulator.Compilation;

/// <summary>
/// Runs a warp's path in compiled code, and in the interpreter wherever compiled code hands over: an instruction that is not compiled, an
/// access that is not in order, lanes that part where compiled code cannot follow. The register file is where the two meet. Between two
/// stretches of compiled code values that are one number for all lanes stay numbers; they are written to their rows only when somebody
/// else may look.
/// </summary>
internal static unsafe class CompiledRunner
{
    /// <summary>As <see cref="Interpreter.Run{TObserver}"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static InterpreterExit Run<TObserver>(BlockContext block, WarpState warp, CompiledKernel kernel, ref TObserver observer)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        CompiledFrame* frame = block.CompiledFrame(kernel);
        frame->Registers = warp.Registers;
        frame->Scalars = block.Scalars(warp);
        long left = Interpreter.Quantum;
        while (true)
        {
            ref PathState path = ref warp.Paths[warp.Current];
            CompiledEntry? entry = path.Frame < 0 ? kernel.Entries[path.Pc] : null;
            if (entry is null || (warp.Loose < 0 && !TryLoad(warp, entry, frame->Scalars, path.Mask)))
            {
                Settle(warp, kernel, frame->Scalars);
                InterpreterExit ended = Interpreter.Run<TObserver, UntilEntry>(block, warp, ref observer, left);
                if (ended != InterpreterExit.HandBack)
                {
                    return ended;
                }

                left = block.Left;
                continue;
            }

            frame->Left = left;
            frame->Mask = path.Mask;
            frame->Owned = path.Mask == warp.Alive ? uint.MaxValue : path.Mask;
            frame->Entry = entry.Number;
            frame->Alone = warp.PathCount == 1 ? 1 : 0;
            frame->OuterMeeting = path.Convergence >= 0 ? warp.Convergences[path.Convergence].Pc : -1;
            int number = entry.Code((nint)frame);
            CompiledExit exit = kernel.Exits[number];
            if (TObserver.Enabled)
            {
                AccessTrace.Deliver(kernel.Sites, block.TraceStart, frame->Trace, ref observer);
                frame->Trace = block.TraceStart;
            }

            left = frame->Left;
            path.Pc = exit.Pc;
            warp.Loose = exit.Scalars.Length > 0 ? number : -1;
            bool parted = Parted(frame, exit);
            if (parted || path.Convergence >= 0 || warp.PathCount > 1)
            {
                // Waiting lanes need what was the same for all before they parted.
                Settle(warp, kernel, frame->Scalars);
                if (parted)
                {
                    Part(warp, frame, exit);
                }
            }

            switch (exit.Kind)
            {
                case ExitKind.Interpret:
                    Settle(warp, kernel, frame->Scalars);
                    InterpreterExit ended = Interpreter.Run<TObserver, UntilEntry>(block, warp, ref observer, left);
                    if (ended != InterpreterExit.HandBack)
                    {
                        return ended;
                    }

                    left = block.Left;
                    continue;
                case ExitKind.Branch:
                    if (left <= 0)
                    {
                        block.Executed += Interpreter.Quantum - left;
                        return InterpreterExit.Yield;
                    }

                    continue;
                case ExitKind.Barrier:
                    if (TObserver.Enabled)
                    {
                        observer.BarrierArrived(block.Program.InstructionOf[exit.Pc], warp.Index);
                    }

                    if (block.ArriveAtBarrier(warp, block.Launch.Code + exit.Pc, exit.Pc, frame->Mask))
                    {
                        block.Executed += Interpreter.Quantum - left;
                        return InterpreterExit.Switch;
                    }

                    if (TObserver.Enabled)
                    {
                        observer.WarpScheduled(warp.Index, block.Interval);
                    }

                    break;
                case ExitKind.End:
                    warp.Loose = -1;
                    warp.Paths[warp.Current].Pc = exit.Pc + 1;
                    bool gone = warp.Exit(frame->Mask);
                    block.ThreadsExited(frame->Mask);
                    if (gone)
                    {
                        block.Executed += Interpreter.Quantum - left;
                        return InterpreterExit.Switch;
                    }

                    break;
                default:
                    continue;
            }

            if (left <= 0)
            {
                block.Executed += Interpreter.Quantum - left;
                return InterpreterExit.Yield;
            }
        }
    }

    /// <summary>Writes what compiled code kept as numbers to the register file, for the lanes of the warp's current path.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Settle(WarpState warp, CompiledKernel kernel, ulong* scalars)
    {
        if (warp.Loose < 0)
        {
            return;
        }

        byte* r = warp.Registers;
        uint mask = warp.Paths[warp.Current].Mask;
        foreach (ref readonly ScalarRow s in kernel.Exits[warp.Loose].Scalars.AsSpan())
        {
            byte* pattern = (byte*)s.Pattern;
            ulong value = s.Constant is { } constant ? (ulong)constant : scalars[s.Slot];
            if (s.Wide)
            {
                Vector512<ulong> bases = Vector512.Create(value);
                Store64(r + s.Offset, mask, bases + L(pattern, 0), bases + L(pattern, 1), bases + L(pattern, 2), bases + L(pattern, 3));
            }
            else
            {
                Vector512<uint> bases = Vector512.Create((uint)value);
                Store32(r + s.Offset, mask, bases + U(pattern, 0), bases + U(pattern, 1));
            }
        }

        warp.Loose = -1;
    }

    /// <summary>
    /// Takes an entry's numbers from the register file. False: some lanes do not hold what the entry expects. Nothing that the compiler
    /// assumes leads there, save paths that a barrier made one though they came from different places.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryLoad(WarpState warp, CompiledEntry entry, ulong* scalars, uint mask)
    {
        int first = BitOperations.TrailingZeroCount(mask);
        byte* r = warp.Registers;
        foreach (ref readonly ScalarRow s in entry.Scalars.AsSpan())
        {
            byte* row = r + s.Offset;
            byte* pattern = (byte*)s.Pattern;
            ulong value;
            uint equal;
            if (s.Wide)
            {
                value = s.Constant is { } constant ? (ulong)constant : ((ulong*)row)[first] - ((ulong*)pattern)[first];
                Vector512<ulong> bases = Vector512.Create(value);
                equal = Bits64(
                    Vector512.Equals(L(row, 0) - L(pattern, 0), bases), Vector512.Equals(L(row, 1) - L(pattern, 1), bases),
                    Vector512.Equals(L(row, 2) - L(pattern, 2), bases), Vector512.Equals(L(row, 3) - L(pattern, 3), bases));
            }
            else
            {
                value = s.Constant is { } constant ? (uint)constant : ((uint*)row)[first] - ((uint*)pattern)[first];
                Vector512<uint> bases = Vector512.Create((uint)value);
                equal = Bits32(Vector512.Equals(U(row, 0) - U(pattern, 0), bases), Vector512.Equals(U(row, 1) - U(pattern, 1), bases));
            }

            if ((equal & mask) != mask)
            {
                return false;
            }

            scalars[s.Slot] = value;
        }

        foreach (int predicate in entry.UniformPredicates)
        {
            uint bits = *(uint*)(r + predicate) & mask;
            if (bits != 0 && bits != mask)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Parted(CompiledFrame* frame, CompiledExit exit)
    {
        foreach (MeetingPlace place in exit.Regions)
        {
            if (frame->Expected[place.Region] != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tells the warp which of its lanes wait where: what <see cref="WarpState.Diverge"/> would have done at the branches that parted them.</summary>
    private static void Part(WarpState warp, CompiledFrame* frame, CompiledExit exit)
    {
        int parent = warp.Paths[warp.Current].Convergence;
        for (int i = 0; i < exit.Regions.Length; i++)
        {
            int region = exit.Regions[i].Region;
            uint expected = frame->Expected[region];
            if (expected == 0)
            {
                continue;
            }

            uint inner = frame->Mask;
            for (int k = exit.Regions.Length - 1; k > i; k--)
            {
                uint deeper = frame->Expected[exit.Regions[k].Region];
                inner = deeper != 0 ? deeper : inner;
            }

            uint pending = frame->Pending[region];
            parent = warp.AddConvergence(exit.Regions[i].Pc, expected, parent, -1);
            warp.Convergences[parent].Arrived = expected & ~inner & ~pending;
            if (pending != 0)
            {
                warp.AddPath(new PathState { Pc = frame->PendingAt[region], Mask = pending, Convergence = parent, Frame = -1 });
            }
        }

        warp.Paths[warp.Current].Mask = frame->Mask;
        warp.Paths[warp.Current].Convergence = parent;
    }
}
