using System.Numerics;
using System.Runtime.CompilerServices;

namespace KernelForge.Simulator.Checks;

/// <summary>
/// Happens-before as one block's warps know it (docs/adr/0013). A vector clock a warp over the warps of its block, and <see cref="Knowledge"/> of
/// other blocks. Barriers join clocks; a fence or a release makes what came before known to whoever reads, strongly and behind a fence of its own,
/// what is strongly written after it. Lanes of one warp: the last <c>bar.warp.sync</c>, barrier or acquire that orders them.
/// </summary>
internal sealed class BlockClocks
{
    private const int Barriers = 16;
    private readonly GlobalRaces races;
    private readonly int warps;

    // clocks[w, k]: everything that warp k did up to this clock happened before what warp w does now. [w, w] is w's own clock.
    private readonly int[] clocks;

    // Before this clock, everything that any lane of the warp did happened before what any other does now.
    private readonly int[] full;

    // The same for pairs of lanes, where partial.
    private readonly int[] joint;
    private readonly bool[] partial;
    private readonly Order[] orders;
    private readonly int[]?[] gatheredClocks = new int[Barriers][];
    private readonly Order[] gathered = new Order[Barriers];
    private int block;
    private bool ordersUsed;

    public BlockClocks(int warps, GlobalRaces races)
    {
        this.warps = warps;
        this.races = races;
        clocks = new int[warps * warps];
        full = new int[warps];
        partial = new bool[warps];
        joint = new int[warps * 1024];
        orders = new Order[warps];
    }

    /// <summary>Words of the block's shared memory by which its threads order themselves.</summary>
    public SyncWords Words { get; } = new();

    /// <summary>A block begins.</summary>
    public void Start(int number)
    {
        block = number;
        Array.Clear(clocks);
        Array.Clear(full);
        Words.Clear();
        if (ordersUsed)
        {
            Array.Clear(orders);
            Array.Clear(gathered);
            ordersUsed = false;
        }

        foreach (int[]? row in gatheredClocks)
        {
            row?.AsSpan().Clear();
        }

        for (int w = 0; w < warps; w++)
        {
            clocks[(w * warps) + w] = 1;
            if (partial[w])
            {
                Array.Clear(joint, w * 1024, 1024);
                partial[w] = false;
            }
        }
    }

    /// <summary>A warp's own clock.</summary>
    public int Clock(int warp) => clocks[(warp * warps) + warp];

    /// <summary>What <see cref="RaceRules.TryRead"/> needs of the clocks of one warp, for one access. False: lanes of the warp have clocks of their own.</summary>
    public bool TryView(int warp, out ReadOnlySpan<int> others, out int joined)
    {
        others = clocks.AsSpan(warp * warps, warps);
        joined = full[warp];
        return !partial[warp];
    }

    /// <summary>Lanes of a warp synchronise.</summary>
    public void WarpSync(int warp, uint mask, uint alive)
    {
        int now = ++clocks[(warp * warps) + warp];
        if ((mask & alive) == alive)
        {
            full[warp] = now;
            return;
        }

        partial[warp] = true;
        for (uint a = mask; a != 0; a &= a - 1)
        {
            int i = BitOperations.TrailingZeroCount(a);
            for (uint b = mask; b != 0; b &= b - 1)
            {
                joint[(warp * 1024) + (i * 32) + BitOperations.TrailingZeroCount(b)] = now;
            }
        }
    }

    /// <summary>A warp arrives at a block barrier: what it did until now happens before what those do that the barrier lets go.</summary>
    public void Arrive(int barrier, int warp)
    {
        int[] row = gatheredClocks[barrier] ??= new int[warps];
        Span<int> mine = clocks.AsSpan(warp * warps, warps);
        for (int k = 0; k < row.Length; k++)
        {
            row[k] = Math.Max(row[k], mine[k]);
        }

        mine[warp]++;
        if (ordersUsed)
        {
            gathered[barrier].Join(orders[warp]);
        }
    }

    /// <summary>A block barrier completes and lets these warps go.</summary>
    public void Complete(int barrier, ReadOnlySpan<int> waiters)
    {
        int[] row = gatheredClocks[barrier]!;
        foreach (int warp in waiters)
        {
            Span<int> mine = clocks.AsSpan(warp * warps, warps);
            for (int k = 0; k < row.Length; k++)
            {
                mine[k] = Math.Max(mine[k], row[k]);
            }

            if (ordersUsed)
            {
                orders[warp].Join(gathered[barrier]);
            }
        }

        Array.Clear(row);
        gathered[barrier] = default;
    }

    /// <summary>A fence. Strong reads before it have acquired what they saw; strong writes after it release what came before it.</summary>
    public void Fence(int warp, uint lanes, bool inBlockOnly)
    {
        ref Order order = ref orders[warp];
        Acquire(warp, lanes, order.SeenInBlock);
        order.SeenInBlock = null;
        if (!inBlockOnly)
        {
            Acquire(warp, lanes, order.SeenInDevice);
            order.SeenInDevice = null;
        }

        Knowledge now = Release(warp);
        order.FencedInBlock = now;
        if (!inBlockOnly)
        {
            order.FencedInDevice = now;
        }
    }

    /// <summary>A strong read of a word.</summary>
    public void StrongRead(SyncWords words, ulong word, int warp, uint lanes, bool acquire, bool inBlockOnly)
    {
        if (words.Find(word) is not { } sync)
        {
            return;
        }

        Knowledge? near = sync.Block == block ? sync.InBlock : null;
        Knowledge? far = inBlockOnly ? null : sync.InDevice;
        if (acquire)
        {
            Acquire(warp, lanes, near);
            Acquire(warp, lanes, far);
            return;
        }

        ref Order order = ref orders[warp];
        order.SeenInBlock = Knowledge.Join(order.SeenInBlock, near);
        order.SeenInDevice = Knowledge.Join(order.SeenInDevice, far);
    }

    /// <summary>
    /// A strong write of a word. What an earlier write of it released stays with <paramref name="keeps"/>: an atomic carries on what it reads
    /// (a release sequence), and a store of a part leaves the rest.
    /// </summary>
    public void StrongWrite(SyncWords words, ulong word, int warp, bool release, bool inBlockOnly, bool keeps)
    {
        Knowledge? near = release ? Release(warp) : orders[warp].FencedInBlock;
        Knowledge? far = inBlockOnly ? null : release ? near : orders[warp].FencedInDevice;
        SyncWord? sync = near is null ? words.Find(word) : words.Get(word);
        if (sync is null)
        {
            return;
        }

        keeps |= sync.IsShared;
        sync.InDevice = keeps ? Knowledge.Join(sync.InDevice, far) : far;
        sync.InBlock = keeps && sync.Block == block ? Knowledge.Join(sync.InBlock, near) : near;
        sync.Block = block;
    }

    /// <summary>What a warp does until now, for something that it has set going to make known later.</summary>
    public Knowledge Snapshot(int warp) => Release(warp);

    /// <summary>What a copy brings comes with what its thread knew when it began it.</summary>
    public void Deliver(ulong word, Knowledge known)
    {
        SyncWord sync = Words.Get(word);
        sync.InBlock = sync.Block == block ? Knowledge.Join(sync.InBlock, known) : known;
        sync.InDevice = Knowledge.Join(sync.InDevice, known);
        sync.Block = block;
    }

    /// <summary>The block's part of a meeting of all threads of a cluster: what they all did until now.</summary>
    public Knowledge? Meet(IReadOnlyList<Execution.WarpState> all)
    {
        Knowledge? known = null;
        for (int w = 0; w < warps; w++)
        {
            WarpSync(w, all[w].Alive, all[w].Alive);
            known = Knowledge.Join(known, Release(w));
        }

        return known;
    }

    /// <summary>What a meeting of all threads of a cluster made known.</summary>
    public void Learn(IReadOnlyList<Execution.WarpState> all, Knowledge? known)
    {
        for (int w = 0; w < warps; w++)
        {
            Acquire(w, all[w].Alive, known);
        }
    }

    /// <summary>Whether an access of this block happened before what a thread does now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Ordered(in AccessStamp earlier, int thread)
    {
        int warp = thread >> 5;
        int other = earlier.Thread >> 5;
        if (warp != other)
        {
            return earlier.Clock <= clocks[(warp * warps) + other];
        }

        return full[warp] > earlier.Clock || (partial[warp] && joint[(warp * 1024) + ((thread & 31) * 32) + (earlier.Thread & 31)] > earlier.Clock);
    }

    /// <summary>Whether an access of another block happened before what a thread does now.</summary>
    public bool Knows(in AccessStamp earlier, int thread) =>
        races.IsFull || (orders[thread >> 5].Known?.ClocksOf(earlier.Block - 1) is { } row && earlier.Clock <= row[earlier.Thread >> 5]);

    private Knowledge Release(int warp)
    {
        ordersUsed = true;
        races.Releases(block);
        Span<int> mine = clocks.AsSpan(warp * warps, warps);
        var own = Knowledge.Of(races.RootShift, block, mine.ToArray());
        mine[warp]++;
        return races.IsFull ? own : Knowledge.Join(orders[warp].Known, own)!;
    }

    private void Acquire(int warp, uint lanes, Knowledge? seen)
    {
        if (seen is null)
        {
            return;
        }

        ordersUsed = true;
        orders[warp].Known = races.IsFull ? null : Knowledge.Join(orders[warp].Known, seen);
        if (seen.ClocksOf(block) is not { } row)
        {
            return;
        }

        Span<int> mine = clocks.AsSpan(warp * warps, warps);
        for (int k = 0; k < row.Length; k++)
        {
            if (k != warp)
            {
                mine[k] = Math.Max(mine[k], row[k]);
            }
        }

        // From a lane of this same warp: by which of them is not kept.
        int before = row[warp] + 1;
        if (row[warp] == 0 || before <= full[warp])
        {
            return;
        }

        partial[warp] = true;
        for (uint a = lanes; a != 0; a &= a - 1)
        {
            Span<int> lane = joint.AsSpan((warp * 1024) + (BitOperations.TrailingZeroCount(a) * 32), 32);
            foreach (ref int at in lane)
            {
                at = Math.Max(at, before);
            }
        }
    }

    /// <summary>What one warp knows beyond its block's clocks.</summary>
    private struct Order
    {
        /// <summary>Of other blocks: what happened before what the warp does now.</summary>
        public Knowledge? Known;

        /// <summary>What strong writes release to the block and to the device: all that came before the last fence of that scope.</summary>
        public Knowledge? FencedInBlock, FencedInDevice;

        /// <summary>What strong reads have seen released by the own block and by others; the next fence acquires it.</summary>
        public Knowledge? SeenInBlock, SeenInDevice;

        public void Join(in Order other)
        {
            Known = Knowledge.Join(Known, other.Known);
            FencedInBlock = Knowledge.Join(FencedInBlock, other.FencedInBlock);
            FencedInDevice = Knowledge.Join(FencedInDevice, other.FencedInDevice);
            SeenInBlock = Knowledge.Join(SeenInBlock, other.SeenInBlock);
            SeenInDevice = Knowledge.Join(SeenInDevice, other.SeenInDevice);
        }
    }
}
