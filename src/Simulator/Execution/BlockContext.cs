using System.Runtime.InteropServices;
using System.Text;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Compilation;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;

namespace KernelForge.Simulator.Execution;

/// <summary>How a block's turn ended.</summary>
internal enum BlockOutcome
{
    Finished,
    Quantum,
    Stopped,

    /// <summary>Nothing can go on before another block of the cluster does something.</summary>
    Waiting,
}

internal struct BlockBarrier
{
    /// <summary>No more threads than these have come.</summary>
    public int AtMost;

    /// <summary>Threads that have come, by the rules of the last look at it.</summary>
    public int Arrived;

    /// <summary>Of those, the ones that do not wait (<c>bar.arrive</c>).</summary>
    public int ArrivedOnly;

    /// <summary>Threads that it is for; 0: all of the block.</summary>
    public int Threads;
    public int Popcount;
    public bool Any;
    public bool NotAll;
    public bool InUse;
}

/// <summary>One resident thread block: its warps, shared and local memory, barriers and findings. Reused for one block after another.</summary>
internal sealed unsafe partial class BlockContext : IDisposable
{
    /// <summary>Warp instructions after which the next warp gets its turn.</summary>
    private const long WarpTurn = 20_000;

    public readonly LaunchState Launch;
    public readonly BlockGroup Group;

    /// <summary>Rank in the cluster.</summary>
    public readonly int Rank;
    public readonly AsyncEngine? Async;
    public readonly KernelProgram Program;
    public readonly WarpState[] Warps;
    public readonly BlockBarrier[] Barriers = new BlockBarrier[16];
    public readonly FindingLog Log = new();
    public readonly StringBuilder Printed = new();
    public readonly BlockClocks? Clocks;
    public BufferEntry* SharedEntry;
    public BufferEntry** Cache;
    public byte* Local;
    public int LocalBytes;
    public WordShadow[]? SharedRaceWords;
    public long BlockNumber;
    public (int X, int Y, int Z) Block;
    public long Executed;

    /// <summary>How often a finding that is known came again, in all blocks of this context.</summary>
    public long Repeated;
    public long TurnLimit;
    public LaunchCompletion Completion;
    public int Finished;
    private readonly byte* registers;
    private readonly (int Offset, int Kind)[] blockRows;
    private readonly byte* sharedPattern;
    private readonly BufferEntry* emptyEntry;

    /// <summary>A buffer that holds no address.</summary>
    public BufferEntry* Empty => emptyEntry;

    private readonly int sharedCapacity;

    // Which finding an instruction led to last, in the block that is the started-th of this context.
    private readonly (long Block, FindingKind Kind, int Index)[] known;
    private long started;

    public BlockContext(LaunchState launch, BlockGroup group, int rank)
    {
        Launch = launch;
        Group = group;
        Rank = rank;
        Program = launch.Program;
        LaunchConfiguration c = launch.Configuration;
        int threads = (int)c.Block.Count;
        int warps = (threads + 31) / 32;
        Warps = new WarpState[warps];
        known = new (long, FindingKind, int)[Program.Code.Length + 1];
        nuint bytes = (nuint)Program.RegisterBytes;
        registers = (byte*)NativeMemory.AlignedAlloc(bytes * (nuint)warps, 64);
        NativeMemory.Clear(registers, bytes * (nuint)warps);
        emptyEntry = (BufferEntry*)NativeMemory.AllocZeroed((nuint)sizeof(BufferEntry));
        Cache = (BufferEntry**)NativeMemory.Alloc((nuint)(Program.Code.Length + 1), (nuint)sizeof(BufferEntry*));
        for (int i = 0; i <= Program.Code.Length; i++)
        {
            Cache[i] = emptyEntry;
        }

        for (int w = 0; w < warps; w++)
        {
            Warps[w] = new WarpState { Index = w, Registers = registers + ((nuint)w * bytes) };
            InitialiseRows(Warps[w], c, launch);
        }

        blockRows = [.. Program.Specials
            .Select(p => (p.Value, p.Key switch { "%ctaid.x" => 0, "%ctaid.y" => 1, "%ctaid.z" => 2, "%smid" => 3, "%clusterid.x" => 4, "%clusterid.y" => 5, "%clusterid.z" => 6, _ => -1 }))
            .Where(p => p.Item2 >= 0)];
        sharedCapacity = launch.SharedBytes;
        SharedEntry = (BufferEntry*)NativeMemory.AllocZeroed((nuint)sizeof(BufferEntry));
        SharedEntry->Length = (ulong)sharedCapacity;
        SharedEntry->Id = -1;
        SharedEntry->Data = DeviceBuffer.AllocateBytes(sharedCapacity);
        if (launch.CheckInitialised)
        {
            SharedEntry->Shadow = DeviceBuffer.AllocateBytes((sharedCapacity + 3) / 4);
        }

        sharedPattern = DeviceBuffer.AllocateBytes(sharedCapacity);
        DeviceBuffer.Pattern(c.Seed, 0, new Span<byte>(sharedPattern, sharedCapacity));
        LocalBytes = (Program.LocalBytes + 15) & ~15;
        if (LocalBytes > 0)
        {
            // Room behind each thread's own: calls of external functions put arguments there.
            Local = DeviceBuffer.AllocateBytes((long)LocalBytes * warps * 32);
        }

        if (launch.GlobalRaces is { } races)
        {
            Clocks = new BlockClocks(warps, races);
            SharedRaceWords = new WordShadow[(sharedCapacity + 3) / 4];
        }

        if (Program.UsesAsync)
        {
            Async = new AsyncEngine(this);
            foreach (WarpState warp in Warps)
            {
                warp.ClusterPhases = new int[32];
            }
        }
    }

    private void InitialiseRows(WarpState warp, LaunchConfiguration c, LaunchState launch)
    {
        byte* r = warp.Registers;
        foreach ((int offset, bool wide, ulong value) in Program.Constants)
        {
            Broadcast(r + offset, wide, value);
        }

        foreach ((int offset, string symbol, long addend) in Program.SymbolConstants)
        {
            ulong address = launch.Memory.FindGlobal(Program.Module, symbol)?.Address ?? 0;
            Broadcast(r + offset, wide: true, address + (ulong)addend);
        }

        // Two constant predicates stand behind the declared ones.
        *(uint*)(r + Program.TruePredicateOffset) = uint.MaxValue;
        *(uint*)(r + Program.TruePredicateOffset + 4) = 0;
        foreach ((string name, int offset) in Program.Specials)
        {
            uint* row = (uint*)(r + offset);
            for (int lane = 0; lane < 32; lane++)
            {
                long linear = ((long)warp.Index * 32) + lane;
                (int x, int y, int z) = c.Block.At(linear);
                row[lane] = name switch
                {
                    "%tid.x" => (uint)x,
                    "%tid.y" => (uint)y,
                    "%tid.z" => (uint)z,
                    "%ntid.x" => (uint)c.Block.X,
                    "%ntid.y" => (uint)c.Block.Y,
                    "%ntid.z" => (uint)c.Block.Z,
                    "%nctaid.x" => (uint)c.Grid.X,
                    "%nctaid.y" => (uint)c.Grid.Y,
                    "%nctaid.z" => (uint)c.Grid.Z,
                    "%nclusterid.x" => (uint)(c.Grid.X / launch.Cluster.X),
                    "%nclusterid.y" => (uint)(c.Grid.Y / launch.Cluster.Y),
                    "%nclusterid.z" => (uint)(c.Grid.Z / launch.Cluster.Z),
                    "%cluster_nctaid.x" => (uint)launch.Cluster.X,
                    "%cluster_nctaid.y" => (uint)launch.Cluster.Y,
                    "%cluster_nctaid.z" => (uint)launch.Cluster.Z,
                    "%cluster_nctarank" => (uint)launch.Cluster.Count,
                    "%cluster_ctaid.x" => (uint)launch.Cluster.At(Rank).X,
                    "%cluster_ctaid.y" => (uint)launch.Cluster.At(Rank).Y,
                    "%cluster_ctaid.z" => (uint)launch.Cluster.At(Rank).Z,
                    "%cluster_ctarank" => (uint)Rank,
                    "%is_explicit_cluster" => LaunchState.IsClusterGiven(launch.Program, c) ? 1u : 0u,
                    "%laneid" => (uint)lane,
                    "%warpid" => (uint)warp.Index,
                    "%nwarpid" => 64,
                    "%nsmid" => (uint)c.SmCount,
                    "%lanemask_eq" => 1u << lane,
                    "%lanemask_lt" => (1u << lane) - 1,
                    "%lanemask_le" => uint.MaxValue >> (31 - lane),
                    "%lanemask_ge" => uint.MaxValue << lane,
                    "%lanemask_gt" => lane == 31 ? 0 : uint.MaxValue << (lane + 1),
                    "%dynamic_smem_size" => (uint)c.DynamicSharedBytes,
                    "%total_smem_size" or "%aggr_smem_size" => (uint)launch.SharedBytes,
                    "%gridid" => 1,
                    "%envreg1" => (uint)(launch.GridWorkspace >> 32),
                    "%envreg2" => (uint)launch.GridWorkspace,
                    _ => 0,
                };
            }
        }
    }

    private static void Broadcast(byte* row, bool wide, ulong value)
    {
        if (wide)
        {
            new Span<ulong>(row, 32).Fill(value);
        }
        else
        {
            new Span<uint>(row, 32).Fill((uint)value);
        }
    }

    /// <summary>Makes this context the block with the given linear number.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public void Start(long number)
    {
        LaunchConfiguration c = Launch.Configuration;
        BlockNumber = number;
        started++;
        Block = c.Grid.At(number);
        Completion = LaunchCompletion.Completed;
        Finished = 0;
        Log.Clear();
        Printed.Clear();
        if (barriersUsed != 0)
        {
            Array.Clear(Barriers);
            barriersUsed = 0;
        }

        AliveThreads = (int)c.Block.Count;
        Interval = 0;
        Async?.Reset();
        Clocks?.Start((int)number);
        if (SharedRaceWords is not null)
        {
            Array.Clear(SharedRaceWords);
        }

        if (sharedCapacity > 0)
        {
            Buffer.MemoryCopy(sharedPattern, SharedEntry->Data, sharedCapacity, sharedCapacity);
            if (SharedEntry->Shadow != null)
            {
                new Span<byte>(SharedEntry->Shadow, (sharedCapacity + 3) / 4).Fill(0x0f);
            }
        }

        long threads = c.Block.Count;
        foreach (WarpState warp in Warps)
        {
            long left = threads - ((long)warp.Index * 32);
            warp.Start(left >= 32 ? uint.MaxValue : (1u << (int)left) - 1);

            // The carry that nothing has set, whichever block was here before.
            *(uint*)(warp.Registers + Program.CarryOffset) = 0;
            foreach ((int offset, int size) in Program.MaybeUndefined)
            {
                new Span<byte>(warp.Registers + offset, size).Clear();
            }

            for (int k = 0; k < blockRows.Length; k++)
            {
                uint value = blockRows[k].Kind switch
                {
                    0 => (uint)Block.X,
                    1 => (uint)Block.Y,
                    2 => (uint)Block.Z,
                    3 => (uint)(number % c.SmCount),
                    4 => (uint)(Block.X / Launch.Cluster.X),
                    5 => (uint)(Block.Y / Launch.Cluster.Y),
                    _ => (uint)(Block.Z / Launch.Cluster.Z),
                };
                new Span<uint>(warp.Registers + blockRows[k].Offset, 32).Fill(value);
            }
        }
    }

    /// <summary>Runs the block's warps in turn until all have ended, the turn's limit is reached, or nothing can go on.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveOptimization)]
    public BlockOutcome Run<TObserver>(ref TObserver observer, long turnLimit)
        where TObserver : struct, IExecutionObserver<TObserver>
    {
        TurnLimit = Executed + turnLimit;
        CompiledKernel? compiled = Launch.Compiled;
        while (true)
        {
            bool progress = false;
            bool live = false;
            Async?.Wake();
            foreach (WarpState warp in Warps)
            {
                if (warp.Alive == 0)
                {
                    continue;
                }

                live = true;

                // A loop whose lanes part and meet again ends its runs there and never at the interpreter's own quantum: without
                // this limit it would keep the other warps, and the budget, waiting for ever.
                long turnEnd = Executed + WarpTurn;
                while (warp.Alive != 0 && Executed < turnEnd && warp.PickReady())
                {
                    progress = true;
                    if (TObserver.Enabled)
                    {
                        observer.WarpScheduled(warp.Index, Interval);
                    }

                    InterpreterExit exit = compiled is not null ? CompiledRunner.Run(this, warp, compiled, ref observer) : Interpreter.Run(this, warp, ref observer);
                    if (exit == InterpreterExit.Stop)
                    {
                        return BlockOutcome.Stopped;
                    }

                    if (exit == InterpreterExit.Yield)
                    {
                        RotatePaths(warp);
                        break;
                    }
                }
            }

            if (!live)
            {
                Async?.Finish();
                return BlockOutcome.Finished;
            }

            if (Launch.Stop != 0)
            {
                return BlockOutcome.Stopped;
            }

            if (!progress && Group.Blocks.Length > 1)
            {
                return BlockOutcome.Waiting;
            }

            if (!progress && !Unblock())
            {
                Completion = LaunchCompletion.Deadlock;
                return BlockOutcome.Stopped;
            }

            if (Executed >= TurnLimit)
            {
                return BlockOutcome.Quantum;
            }
        }
    }

    private void RotatePaths(WarpState warp)
    {
        warp.Yields++;
        if (warp.PathCount > 1)
        {
            PathState p = warp.Paths[warp.Current];
            warp.RemovePath(warp.Current);
            Array.Copy(warp.Paths, 0, warp.Paths, 1, warp.PathCount);
            warp.Paths[0] = p;
            warp.PathCount++;
        }

        // Lanes that spin may wait for lanes that wait for them to meet: let those go on.
        if (Program.UsesAtomicsOrVolatile && (warp.Yields & 3) == 3)
        {
            warp.ReleaseWaiting();
        }
    }

    /// <summary>Counts a finding that is known by its kind and line, before its message is made: a loop may repeat it a million times.</summary>
    public bool Repeats(FindingKind kind, int code)
    {
        ref readonly var last = ref known[code];
        if (last.Block == started && last.Kind == kind)
        {
            Log.Repeat(last.Index);
            Repeated++;
            return true;
        }

        int at = Log.IndexOf(kind, Launch.LineOf(code));
        if (at < 0)
        {
            return false;
        }

        known[code] = (started, kind, at);
        Log.Repeat(at);
        return true;
    }

    public void Report(FindingKind kind, WarpState warp, int code, int lane, string message, string? buffer = null, long? element = null, long? offset = null, int bytes = 0, int? otherLine = null)
    {
        int line = Launch.LineOf(code);
        if (Log.Seen(kind, line, otherLine ?? 0) || Log.Count >= 256)
        {
            return;
        }

        Log.Add(new Finding(kind, Program.KernelName, line, Block, ThreadOf(warp, lane), buffer, element, offset, bytes, otherLine, message, 1));
    }

    public (int X, int Y, int Z) ThreadOf(WarpState warp, int lane) => Launch.Configuration.Block.At(((long)warp.Index * 32) + lane);

    public List<WarpPosition> Positions()
    {
        var list = new List<WarpPosition>();
        foreach (WarpState warp in Warps)
        {
            for (int i = 0; i < warp.PathCount && list.Count < 64; i++)
            {
                ref PathState p = ref warp.Paths[i];
                string state = p.Status switch
                {
                    PathStatus.WaitBarrier => $"waiting at barrier {p.Barrier}",
                    PathStatus.WaitAsync => AsyncUnit.Describe(Launch.Code + p.Pc),
                    PathStatus.WaitWarp => $"waiting for lanes 0x{p.WaitMask:x8} of its warp",
                    _ => "running",
                };
                list.Add(new WarpPosition(Program.KernelName, Block, warp.Index, p.Mask, Launch.LineOf(p.Pc), state));
            }

            foreach (ref Convergence c in warp.Convergences.AsSpan())
            {
                if (c.Used && c.Arrived != 0 && list.Count < 64)
                {
                    list.Add(new WarpPosition(Program.KernelName, Block, warp.Index, c.Arrived, Launch.LineOf(c.Pc), "waiting for diverged lanes"));
                }
            }
        }

        return list;
    }

    public void Dispose()
    {
        FreeCompiled();
        NativeMemory.AlignedFree(registers);
        NativeMemory.Free(emptyEntry);
        NativeMemory.Free(Cache);
        DeviceBuffer.FreeBytes(SharedEntry->Data);
        DeviceBuffer.FreeBytes(SharedEntry->Shadow);
        DeviceBuffer.FreeBytes(sharedPattern);
        NativeMemory.Free(SharedEntry);
        DeviceBuffer.FreeBytes(Local);
        foreach (WarpState warp in Warps)
        {
            for (int i = 0; i < warp.FrameCount; i++)
            {
                NativeMemory.Free(warp.Frames[i].Saved);
            }
        }
    }
}
