using System.Numerics;
using KernelForge.Simulator.Checks;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Parsing;

namespace KernelForge.Simulator.Execution;

/// <summary>
/// A block's asynchronous copies. What a copy brings is delivered at the last moment that PTX allows: when somebody asks the mbarrier that it signals, or waits for
/// its group. A kernel that forgets to wait reads what was there before, here as it may on hardware.
/// </summary>
internal sealed unsafe class AsyncEngine(BlockContext block)
{
    private const int PollLimit = 64;

    // A warp that has more copies under way than this is believed to wait for the rest.
    private const int MaxPending = 512;

    private readonly List<LaneCopies>[] copies = Lists(block.Warps.Length);
    private readonly Stack<LaneCopies> spare = new();
    private readonly int[] groups = new int[block.Warps.Length * 32];
    private readonly List<Arrival> arrivals = [];
    private readonly List<BulkLoad> loads = [];
    private readonly List<BulkStore> stores = [];
    private readonly int[] storeGroups = new int[block.Warps.Length * 32];
    private long sequence;
    private long woken;

    /// <summary>One cp.async of a warp: what its lanes read, and where it will go.</summary>
    private sealed class LaneCopies
    {
        public readonly byte[] Data = new byte[32 * 16];
        public readonly nint[] To = new nint[32];
        public readonly int[] Group = new int[32];
        public uint Pending;
        public uint Open;
        public int Size;
        public long Sequence;
    }

    /// <summary>cp.async.mbarrier.arrive: lanes that will arrive when their copies are there.</summary>
    private sealed record Arrival(uint Mbarrier, WarpState Warp, uint Lanes, int Clock, long Sequence);

    /// <summary>A bulk copy into this block's shared memory.</summary>
    private sealed record BulkLoad(uint Mbarrier, int Signal, byte[] Data, IReadOnlyList<SharedPiece> Pieces, Reduction? Combine, Knowledge? Known);

    /// <summary>A bulk copy from this block's shared memory to global memory, done when its thread waits for it.</summary>
    private sealed class BulkStore
    {
        public required int Thread { get; init; }

        public required Action Copy { get; init; }

        public int Group { get; set; } = -1;
    }

    private static List<LaneCopies>[] Lists(int warps)
    {
        var lists = new List<LaneCopies>[warps];
        for (int w = 0; w < warps; w++)
        {
            lists[w] = [];
        }

        return lists;
    }

    /// <summary>A new block begins.</summary>
    public void Reset()
    {
        foreach (List<LaneCopies> list in copies)
        {
            list.ForEach(spare.Push);
            list.Clear();
        }

        Array.Clear(groups);
        Array.Clear(storeGroups);
        arrivals.Clear();
        loads.Clear();
        stores.Clear();
        woken = -1;
    }

    /// <summary>The block ends: what its threads did not wait for reaches global memory now.</summary>
    public void Finish()
    {
        foreach (BulkStore store in stores)
        {
            store.Copy();
        }

        stores.Clear();
    }

    /// <summary>Lets those try again who wait for something that may have happened. True: there are such.</summary>
    public bool Wake()
    {
        if (woken == block.Group.Events)
        {
            return false;
        }

        woken = block.Group.Events;
        return Release(static (ref PathState path, long events) => path.EventsSeen != events);
    }

    /// <summary>
    /// Nothing can go on: lets polls come back in vain, as their time limit would on hardware. False: they came back often enough to call it a deadlock.
    /// </summary>
    public bool ReleasePolls() => Release(static (ref PathState path, long _) =>
    {
        if (++path.Polls > PollLimit)
        {
            return false;
        }

        path.EventsSeen = -1;
        return true;
    });

    private delegate bool Condition(ref PathState path, long events);

    private bool Release(Condition condition)
    {
        bool any = false;
        foreach (WarpState warp in block.Warps)
        {
            for (int i = 0; i < warp.PathCount; i++)
            {
                ref PathState path = ref warp.Paths[i];
                if (path.Status == PathStatus.WaitAsync && condition(ref path, block.Group.Events))
                {
                    path.Status = PathStatus.Ready;
                    any = true;
                }
            }
        }

        return any;
    }

    /// <summary>cp.async: reads now, writes when waited for. Until then the destination counts as what it was.</summary>
    public void Copy(WarpState warp, Instruction* ins, byte* r, uint mask)
    {
        if (!spare.TryPop(out LaneCopies? copy))
        {
            copy = new LaneCopies();
        }

        bool tracked = copies[warp.Index].Count < MaxPending;
        int size = ins->D2;
        ulong toOffset = (ulong)(long)block.Launch.Extra[ins->C];
        copy.Size = size;
        copy.Pending = 0;
        copy.Sequence = ++sequence;
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            int take = ins->D == 0 ? size : (int)Math.Min((uint)size, ((uint*)(r + ins->D))[lane]);
            byte* to = Claim(warp, ins, lane, ((ulong*)(r + ins->A))[lane] + toOffset, size);
            byte* from = take == 0 ? null : MemoryUnit.Resolve(block, warp, ins, lane, ((ulong*)(r + ins->B))[lane] + (ulong)ins->Imm, take is 4 or 8 or 16 ? take : 1, AccessKind.Read, PtxSpace.Global);
            if (to == null)
            {
                continue;
            }

            Span<byte> data = copy.Data.AsSpan(lane * 16, size);
            data.Clear();
            if (from != null)
            {
                new Span<byte>(from, take).CopyTo(data);
            }

            copy.To[lane] = (nint)to;
            copy.Pending |= 1u << lane;
            if (!tracked)
            {
                Put(copy, lane);
                continue;
            }

            foreach (ref WordShadow word in Words(copy, lane))
            {
                word.Write.Clock = AccessStamp.InFlight;
            }
        }

        copy.Open = copy.Pending;
        if (copy.Pending == 0)
        {
            spare.Push(copy);
        }
        else
        {
            copies[warp.Index].Add(copy);
        }
    }

    // What a copy writes races with everybody, its own thread included, until that thread waits.
    private Span<WordShadow> Words(LaneCopies copy, int lane) => block.SharedRaceWords is { } words
        ? words.AsSpan((int)((byte*)copy.To[lane] - block.SharedEntry->Data) >> 2, copy.Size >> 2)
        : default;

    // Checks a write to shared memory that comes later: it does not make anything written yet. Where races are looked for, those tell who did not wait.
    private byte* Claim(WarpState warp, Instruction* ins, int lane, ulong address, int size)
    {
        byte* shadow = block.Launch.CheckRaces ? null : block.SharedEntry->Shadow;
        ulong offset = address - AddressWindow.Shared < AddressWindow.Size ? address - AddressWindow.Shared : address;
        uint saved = shadow != null && offset + 16 <= block.SharedEntry->Length ? *(uint*)(shadow + (offset >> 2)) : 0;
        byte* to = MemoryUnit.Resolve(block, warp, ins, lane, address, size, AccessKind.Write, (PtxSpace)ins->Type2);
        if (to != null && shadow != null && offset + 16 <= block.SharedEntry->Length)
        {
            *(uint*)(shadow + (offset >> 2)) = saved;
        }

        return to;
    }

    /// <summary>cp.async.commit_group.</summary>
    public void Commit(WarpState warp, uint mask)
    {
        int* count = stackalloc int[32];
        for (uint m = mask; m != 0; m &= m - 1)
        {
            int lane = BitOperations.TrailingZeroCount(m);
            count[lane] = groups[(warp.Index * 32) + lane]++;
        }

        foreach (LaneCopies copy in copies[warp.Index])
        {
            for (uint m = copy.Open & mask; m != 0; m &= m - 1)
            {
                int lane = BitOperations.TrailingZeroCount(m);
                copy.Group[lane] = count[lane];
            }

            copy.Open &= ~mask;
        }
    }

    /// <summary>cp.async.wait_group, and with a negative number wait_all.</summary>
    public void Wait(WarpState warp, uint mask, int pending) => Deliver(warp, mask, long.MaxValue, pending, block.Clocks?.Clock(warp.Index) ?? 0);

    // What lanes have waited for is theirs from this clock on.
    private void Deliver(WarpState warp, uint mask, long before, int pending, int clock)
    {
        List<LaneCopies> list = copies[warp.Index];
        int left = 0;
        for (int i = 0; i < list.Count; i++)
        {
            LaneCopies copy = list[i];
            if (copy.Sequence < before)
            {
                uint ready = copy.Pending & mask & (pending < 0 ? uint.MaxValue : ~copy.Open);
                for (uint m = ready; m != 0; m &= m - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(m);
                    if (pending < 0 || copy.Group[lane] < groups[(warp.Index * 32) + lane] - pending)
                    {
                        foreach (ref WordShadow word in Words(copy, lane))
                        {
                            if (word.Write.Clock == AccessStamp.InFlight && word.Write.Thread == (warp.Index * 32) + lane)
                            {
                                word.Write.Clock = clock;
                            }
                        }

                        Put(copy, lane);
                    }
                }
            }

            if (copy.Pending == 0)
            {
                spare.Push(copy);
            }
            else
            {
                list[left++] = copy;
            }
        }

        list.RemoveRange(left, list.Count - left);
    }

    private void Put(LaneCopies copy, int lane)
    {
        byte* to = (byte*)copy.To[lane];
        copy.Data.AsSpan(lane * 16, copy.Size).CopyTo(new Span<byte>(to, copy.Size));
        Written((uint)(to - block.SharedEntry->Data), copy.Size);
        copy.Pending &= ~(1u << lane);
    }

    private void Written(uint offset, int size)
    {
        if (block.SharedEntry->Shadow != null)
        {
            new Span<byte>(block.SharedEntry->Shadow + (offset >> 2), (size + 3) / 4).Clear();
        }
    }

    /// <summary>cp.async.mbarrier.arrive: these lanes arrive once what they have copied so far is there.</summary>
    public void ArriveLater(uint mbarrier, WarpState warp, uint lanes, int clock)
    {
        arrivals.Add(new Arrival(mbarrier, warp, lanes, clock, ++sequence));
        block.Group.Events++;
    }

    /// <summary>A bulk copy into this block's shared memory that signals one of its mbarriers.</summary>
    public void Load(uint mbarrier, int signal, byte[] data, IReadOnlyList<SharedPiece> pieces, Reduction? combine, Knowledge? known)
    {
        loads.Add(new BulkLoad(mbarrier, signal, data, pieces, combine, known));
        block.Group.Events++;
    }

    /// <summary>A bulk copy out of this block's shared memory.</summary>
    public void Store(int thread, Action copy) => stores.Add(new BulkStore { Thread = thread, Copy = copy });

    /// <summary>cp.async.bulk.commit_group.</summary>
    public void CommitStores(int thread)
    {
        foreach (BulkStore store in stores)
        {
            if (store.Thread == thread && store.Group < 0)
            {
                store.Group = storeGroups[thread];
            }
        }

        storeGroups[thread]++;
    }

    /// <summary>cp.async.bulk.wait_group.</summary>
    public void WaitStores(int thread, int pending)
    {
        int last = storeGroups[thread] - pending;
        foreach (BulkStore store in stores)
        {
            if (store.Thread == thread && store.Group >= 0 && store.Group < last)
            {
                store.Copy();
            }
        }

        stores.RemoveAll(s => s.Thread == thread && s.Group >= 0 && s.Group < last);
    }

    /// <summary>Somebody asks an mbarrier: everything that signals it is delivered.</summary>
    public void DeliverTo(uint mbarrier)
    {
        for (int i = 0; i < arrivals.Count; i++)
        {
            Arrival arrival = arrivals[i];
            if (arrival.Mbarrier != mbarrier)
            {
                continue;
            }

            arrivals.RemoveAt(i--);
            Deliver(arrival.Warp, arrival.Lanes, arrival.Sequence, -1, arrival.Clock);
            Change(mbarrier, (ref Mbarrier b) => b.Pending -= BitOperations.PopCount(arrival.Lanes));
        }

        for (int i = 0; i < loads.Count; i++)
        {
            BulkLoad load = loads[i];
            if (load.Mbarrier != mbarrier)
            {
                continue;
            }

            loads.RemoveAt(i--);
            foreach (SharedPiece piece in load.Pieces)
            {
                Put(load, piece);
            }

            if (load.Known is { } known)
            {
                block.Clocks!.Deliver(mbarrier, known);
            }

            Change(mbarrier, (ref Mbarrier b) => b.Transactions -= load.Signal);
        }
    }

    private void Put(BulkLoad load, SharedPiece piece)
    {
        ReadOnlySpan<byte> data = load.Data.AsSpan(piece.Start, piece.Length);
        byte* to = block.SharedEntry->Data + piece.Offset;
        if (load.Combine is { } combine)
        {
            int element = combine.Type.Size();
            for (int at = 0; at < data.Length; at += element)
            {
                combine.Apply(to + at, data.Slice(at, element));
            }
        }
        else
        {
            data.CopyTo(new Span<byte>(to, data.Length));
        }

        Written(piece.Offset, piece.Length);
    }

    public delegate void Edit(ref Mbarrier barrier);

    /// <summary>Changes an mbarrier of this block, and ends its phase where nothing is missing any more.</summary>
    public void Change(uint mbarrier, Edit edit)
    {
        ulong* word = (ulong*)(block.SharedEntry->Data + mbarrier);
        if (!Mbarrier.TryRead(*word, out Mbarrier barrier))
        {
            return;
        }

        edit(ref barrier);
        if (barrier.Complete())
        {
            block.Group.Events++;
        }

        *word = barrier.Bits;
    }
}
