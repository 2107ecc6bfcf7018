namespace KernelForge.Agents.Student;

/// <summary>A change for speed that the student knows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Words">Words of advice that mean it, in lower case.</param>
/// <param name="Why">What it says of it.</param>
/// <param name="Apply">The changed design; the same one where it changes nothing.</param>
internal sealed record Move(string Name, IReadOnlyList<string> Words, string Why, Func<Design, Design> Apply)
{
    /// <summary>All of them. The order counts where advice means several.</summary>
    public static IReadOnlyList<Move> All { get; } =
    [
        new("one_pass", ["one pass", "online softmax", "read the input once"], "One pass over the row carries the maximum and the rescaled sum together.", d => d with { OnePass = true }),
        new("register_tile", ["register tile", "tile in registers", "8 × 8", "4 × 4", "larger tile"], "Each thread computes a small square of outputs, so that a value from shared memory is used several times.",
            d => d with { Tile = d.Tile switch { 0 => 2, 1 => 2, _ => 4 } }),
        new("tile", ["tile through shared", "shared memory or registers", "load a tile"], "Tiles of both matrices go through shared memory.", d => d.Tile == 0 ? d with { Tile = 1 } : d),
        new("pad", ["pad the inner", "bank conflict", "swizzle the column"], "Rows of the shared tiles get one more element.", d => d.Tile > 0 ? d with { Padded = true } : d),
        new("vector", ["16-byte", "float4", "vector load"], "Four neighbours travel in one 16-byte access.", d => d with { Vector = 4 }),
        new("shuffles", ["shuffle", "shfl"], "Warps reduce by shuffles, and the block synchronises twice instead of nine times.", d => d with { Shuffles = true }),
        new("split", ["split the long", "split-k", "two-stage", "smaller blocks", "does not fill", "grid dimension over chunks"], "The long dimension is split, so that more blocks have work.", d => d.Split >= 8 ? d : d with { Split = d.Split == 1 ? 4 : 8 }),
        new("unroll", ["unroll", "in flight", "more elements", "loop four times"], "Four independent loads are in flight before the first is used.", d => d with { Unroll = 4 }),
        new("grid_stride", ["grid stride", "grid-stride", "persistent", "resident blocks"], "Resident blocks walk over the work with a grid stride.", d => d with { GridStride = true }),
        new("tunables", ["tunable"], "The block size becomes a tunable.", d => d with { Tuned = true }),
        new("larger_block", ["larger block", "more warps"], "Blocks are twice as large.", d => d.Block >= 1024 ? d : d with { Block = d.Block * 2 }),
        new("smaller_block", ["halve the block", "smaller block", "finer"], "Blocks are half as large.", d => d.Block <= 64 ? d : d with { Block = d.Block / 2 }),
    ];

    /// <summary>What a family can still do to a design.</summary>
    public static IReadOnlyList<Move> Open(KernelFamily family, Design design) =>
        [.. All.Where(move => family.Moves.Contains(move.Name) && move.Apply(design) != design)];

    /// <summary>What advice means, of what is open; null where it means nothing that the student knows.</summary>
    public static Move? Meant(string advice, IReadOnlyList<Move> open)
    {
        var text = advice.ToLowerInvariant();
        return open.FirstOrDefault(move => move.Words.Any(word => text.Contains(word, StringComparison.Ordinal)));
    }
}
