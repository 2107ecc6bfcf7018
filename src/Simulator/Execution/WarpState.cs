namespace KernelForge.Simulator.Execution;

internal enum PathStatus
{
    Ready,
    WaitWarp,
    WaitBarrier,

    /// <summary>For an mbarrier, an asynchronous copy or the cluster: tried again when something happened.</summary>
    WaitAsync,
}

/// <summary>Lanes of a warp that run together: a program counter under a mask.</summary>
internal struct PathState
{
    public int Pc;
    public uint Mask;

    /// <summary>The convergence point that these lanes are expected at, or -1.</summary>
    public int Convergence;

    /// <summary>The call frame, or -1 in the kernel itself.</summary>
    public int Frame;
    public PathStatus Status;
    public uint WaitMask;
    public int Barrier;
    public int BarrierThreads;
    public bool BarrierAligned;

    /// <summary>In <see cref="PathStatus.WaitAsync"/>: the group's count of events when it was tried last, and how often it was let go in vain.</summary>
    public long EventsSeen;
    public int Polls;
}

/// <summary>A place where diverged lanes meet: the immediate post-dominator of the branch that parted them.</summary>
internal struct Convergence
{
    public int Pc;
    public uint Expected;
    public uint Arrived;
    public int Parent;
    public int Frame;
    public bool Used;
}

/// <summary>One activation of a device function.</summary>
internal unsafe struct CallFrame
{
    public int ReturnPc;
    public int Parent;
    public int FramePointer;
    public int Lanes;
    public int Caller;
    public byte* Saved;
    public int SavedStart;
    public int SavedBytes;
}

/// <summary>
/// A warp: its registers and its paths. Divergence is a tree of convergence points instead of a stack, so that paths can run in any
/// order: whichever path waits, another goes on (forward progress for spin locks and barriers under divergence).
/// </summary>
internal sealed unsafe class WarpState
{
    public int Index;
    public byte* Registers;
    public uint Alive;
    public uint Initial;
    public PathState[] Paths = new PathState[8];
    public int PathCount;
    public int Current;
    public Convergence[] Convergences = new Convergence[8];
    public CallFrame[] Frames = [];
    private int convergencesUsed;
    public int FrameCount;
    public int Yields;

    /// <summary>By lane, the phase of the cluster's barrier that it has to see the end of.</summary>
    public int[] ClusterPhases = [];

    /// <summary>The exit of compiled code whose numbers are not in the register file yet; -1: none.</summary>
    public int Loose = -1;

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public void Start(uint mask)
    {
        Alive = mask;
        Initial = mask;
        PathCount = 1;
        Current = 0;
        Yields = 0;
        Loose = -1;
        Paths[0] = new PathState { Mask = mask, Convergence = -1, Frame = -1 };
        if (convergencesUsed > 0)
        {
            Array.Clear(Convergences);
            convergencesUsed = 0;
        }

        for (int i = 0; i < FrameCount; i++)
        {
            Frames[i].Lanes = 0;
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public bool PickReady()
    {
        for (int i = PathCount - 1; i >= 0; i--)
        {
            if (Paths[i].Status == PathStatus.Ready)
            {
                Current = i;
                return true;
            }
        }

        return false;
    }

    public int AddPath(PathState path)
    {
        if (PathCount == Paths.Length)
        {
            Array.Resize(ref Paths, PathCount * 2);
        }

        Paths[PathCount] = path;
        return PathCount++;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public void RemovePath(int index)
    {
        PathCount--;
        for (int i = index; i < PathCount; i++)
        {
            Paths[i] = Paths[i + 1];
        }
    }

    /// <summary>A free call frame: one that no lane is in.</summary>
    public int NewFrame()
    {
        for (int i = 0; i < FrameCount; i++)
        {
            if (Frames[i].Lanes <= 0)
            {
                return i;
            }
        }

        if (FrameCount == Frames.Length)
        {
            Array.Resize(ref Frames, Math.Max(8, FrameCount * 2));
        }

        return FrameCount++;
    }

    public int RecursionDepth(int frame)
    {
        int depth = 0;
        while (frame >= 0)
        {
            depth++;
            frame = Frames[frame].Parent;
        }

        return depth;
    }

    public int AddConvergence(int pc, uint expected, int parent, int frame)
    {
        int i = 0;
        while (i < Convergences.Length && Convergences[i].Used)
        {
            i++;
        }

        if (i == Convergences.Length)
        {
            Array.Resize(ref Convergences, i * 2);
        }

        convergencesUsed = Math.Max(convergencesUsed, i + 1);
        Convergences[i] = new Convergence { Pc = pc, Expected = expected, Parent = parent, Frame = frame, Used = true };
        return i;
    }

    /// <summary>A branch that parts the current path's lanes.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public void Diverge(uint taken, int target, int fallThrough, int meet)
    {
        PathState path = Paths[Current];
        uint fall = path.Mask & ~taken;
        if (meet < 0)
        {
            PathState other = path;
            other.Pc = target;
            other.Mask = taken;
            AddPath(other);
            Paths[Current].Mask = fall;
            Paths[Current].Pc = fallThrough;
            return;
        }

        int c = path.Convergence;
        if (c < 0 || Convergences[c].Pc != meet || Convergences[c].Frame != path.Frame)
        {
            c = AddConvergence(meet, path.Mask, path.Convergence, path.Frame);
            path.Convergence = c;
        }

        if (target == meet)
        {
            Convergences[c].Arrived |= taken;
            path.Mask = fall;
            path.Pc = fallThrough;
        }
        else if (fallThrough == meet)
        {
            Convergences[c].Arrived |= fall;
            path.Mask = taken;
            path.Pc = target;
        }
        else
        {
            PathState other = path;
            other.Pc = target;
            other.Mask = taken;
            AddPath(other);
            path.Mask = fall;
            path.Pc = fallThrough;
        }

        Paths[Current] = path;
    }

    /// <summary>The current path stands at a convergence point. False: it waits there and is gone from the list.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public bool Converge(int pc)
    {
        ref PathState path = ref Paths[Current];
        while (path.Convergence >= 0)
        {
            ref Convergence c = ref Convergences[path.Convergence];
            if (c.Pc != pc || c.Frame != path.Frame)
            {
                break;
            }

            c.Arrived |= path.Mask;
            if (c.Arrived != c.Expected)
            {
                RemovePath(Current);
                return false;
            }

            path.Mask = c.Arrived;
            path.Convergence = c.Parent;
            c.Used = false;
        }

        return true;
    }

    /// <summary>Lanes of the current path end. True: the path is gone.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public bool Exit(uint mask)
    {
        Alive &= ~mask;
        int chain = Paths[Current].Convergence;
        int frame = Paths[Current].Frame;
        while (frame >= 0)
        {
            Frames[frame].Lanes -= System.Numerics.BitOperations.PopCount(mask);
            frame = Frames[frame].Parent;
        }

        bool gone = Paths[Current].Mask == mask;
        if (gone)
        {
            RemovePath(Current);
        }
        else
        {
            Paths[Current].Mask &= ~mask;
        }

        while (chain >= 0)
        {
            int parent = Convergences[chain].Parent;
            Convergences[chain].Expected &= ~mask;
            CompleteConvergence(chain);
            chain = parent;
        }

        return gone;
    }

    private void CompleteConvergence(int index)
    {
        ref Convergence c = ref Convergences[index];
        if (!c.Used || c.Arrived != c.Expected)
        {
            return;
        }

        c.Used = false;
        if (c.Arrived != 0)
        {
            AddPath(new PathState { Pc = c.Pc, Mask = c.Arrived, Convergence = c.Parent, Frame = c.Frame });
        }
    }

    /// <summary>
    /// Lets lanes go on that wait for others at a convergence point: what hardware's independent thread scheduling may always do.
    /// </summary>
    public bool ReleaseWaiting()
    {
        bool any = false;
        for (int i = 0; i < Convergences.Length; i++)
        {
            ref Convergence c = ref Convergences[i];
            if (c.Used && c.Arrived != 0)
            {
                uint lanes = c.Arrived;
                c.Arrived = 0;
                c.Expected &= ~lanes;

                // They pass this point, and arrive at outer ones in the same place.
                AddPath(new PathState { Pc = c.Pc, Mask = lanes, Convergence = c.Parent, Frame = c.Frame });
                if (c.Expected == 0)
                {
                    c.Used = false;
                }

                any = true;
            }
        }

        return any;
    }
}
