using System.Globalization;
using System.Text.RegularExpressions;

namespace KernelForge.Agents.Student;

/// <summary>
/// The choices behind one of the student's kernels. It writes them as a comment into its code, as people do, and reads them from there when it is shown the
/// code again: between two calls it knows nothing else.
/// </summary>
internal sealed partial record Design
{
    /// <summary>Threads a block.</summary>
    public int Block { get; init; } = 256;

    /// <summary>Floats an access: 1 or 4.</summary>
    public int Vector { get; init; } = 1;

    /// <summary>How often loops over loads are unrolled.</summary>
    public int Unroll { get; init; } = 1;

    /// <summary>Slices of a long dimension, or blocks an SM.</summary>
    public int Split { get; init; } = 1;

    /// <summary>Side of a thread's register tile; 0: no tiles at all.</summary>
    public int Tile { get; init; }

    /// <summary>Shared tiles have rows that are one longer.</summary>
    public bool Padded { get; init; }

    /// <summary>Resident blocks walk over the work.</summary>
    public bool GridStride { get; init; }

    /// <summary>Reductions by shuffles instead of a tree in shared memory.</summary>
    public bool Shuffles { get; init; }

    /// <summary>Statistics in one pass over the data.</summary>
    public bool OnePass { get; init; }

    /// <summary>The evaluator chooses the block size.</summary>
    public bool Tuned { get; init; }

    /// <summary>The comment.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"// Design: block {Block}, vector {Vector}, unroll {Unroll}, split {Split}, tile {Tile}{(Padded ? ", padded" : "")}{(GridStride ? ", grid stride" : "")}{(Shuffles ? ", shuffles" : "")}{(OnePass ? ", one pass" : "")}{(Tuned ? ", tuned" : "")}.");

    /// <summary>The design that a code's comment tells; null where it has none.</summary>
    public static Design? Read(string code)
    {
        var match = Comment().Match(code);
        if (!match.Success)
        {
            return null;
        }

        var rest = match.Groups["rest"].Value;
        return new Design
        {
            Block = Number("block"),
            Vector = Number("vector"),
            Unroll = Number("unroll"),
            Split = Number("split"),
            Tile = Number("tile"),
            Padded = Has("padded"),
            GridStride = Has("grid stride"),
            Shuffles = Has("shuffles"),
            OnePass = Has("one pass"),
            Tuned = Has("tuned"),
        };

        int Number(string name) => int.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
        bool Has(string word) => rest.Contains(word, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^// Design: block (?<block>\d{1,4}), vector (?<vector>\d), unroll (?<unroll>\d), split (?<split>\d{1,2}), tile (?<tile>\d)(?<rest>[a-z, ]*)\.$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Comment();
}
