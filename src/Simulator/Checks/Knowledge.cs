using System.Numerics;

namespace KernelForge.Simulator.Checks;

/// <summary>
/// What happened before, of many blocks: for each known block the clocks of its warps, up to which everything they did is included. Immutable,
/// a radix tree of 32 ways over block numbers, so that joining two that share parts costs only what differs: a chain of blocks, each of which
/// knows all before it, takes a path of the tree a block and not the whole.
/// </summary>
internal sealed class Knowledge
{
    private const int Ways = 32;
    private const int Bits = 5;
    private readonly int shift;

    // Knowledge of the next level; at the last one (shift 0) an int[] of clocks.
    private readonly object?[] children;

    private Knowledge(int shift, object?[] children)
    {
        this.shift = shift;
        this.children = children;
    }

    /// <summary>The shift of a root that has room for so many blocks; the same for all that are joined.</summary>
    public static int RootShift(long blocks) => blocks <= 1 ? 0 : BitOperations.Log2((ulong)(blocks - 1)) / Bits * Bits;

    /// <summary>What is known of one block and nothing else.</summary>
    public static Knowledge Of(int rootShift, int block, int[] clocks)
    {
        object child = clocks;
        Knowledge node = null!;
        for (int shift = 0; shift <= rootShift; shift += Bits)
        {
            object?[] children = new object?[Ways];
            children[(block >> shift) & (Ways - 1)] = child;
            node = new Knowledge(shift, children);
            child = node;
        }

        return node;
    }

    /// <summary>The clocks of a block's warps, or null where nothing is known of it.</summary>
    public int[]? ClocksOf(int block)
    {
        Knowledge node = this;
        while (true)
        {
            object? child = node.children[(block >> node.shift) & (Ways - 1)];
            if (child is not Knowledge next)
            {
                return (int[]?)child;
            }

            node = next;
        }
    }

    /// <summary>The later clock of both, for every warp of every block.</summary>
    public static Knowledge? Join(Knowledge? a, Knowledge? b) =>
        b is null || ReferenceEquals(a, b) ? a : a is null ? b : JoinNodes(a, b);

    private static Knowledge JoinNodes(Knowledge a, Knowledge b)
    {
        object?[]? joined = null;
        bool isB = true;
        for (int i = 0; i < Ways; i++)
        {
            object? x = a.children[i];
            object? y = b.children[i];
            object? both = y is null || ReferenceEquals(x, y) ? x
                : x is null ? y
                : x is Knowledge inner ? JoinNodes(inner, (Knowledge)y) : JoinClocks((int[])x, (int[])y);
            isB &= ReferenceEquals(both, y);
            if (joined is null && !ReferenceEquals(both, x))
            {
                joined = (object?[])a.children.Clone();
            }

            if (joined is not null)
            {
                joined[i] = both;
            }
        }

        return joined is null ? a : isB ? b : new Knowledge(a.shift, joined);
    }

    private static int[] JoinClocks(int[] a, int[] b)
    {
        int[]? joined = null;
        bool isB = true;
        for (int i = 0; i < a.Length; i++)
        {
            if (b[i] > a[i])
            {
                joined ??= (int[])a.Clone();
                joined[i] = b[i];
            }

            isB &= b[i] >= a[i];
        }

        return joined is null ? a : isB ? b : joined;
    }
}
