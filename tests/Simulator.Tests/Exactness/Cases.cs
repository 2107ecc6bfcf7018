namespace KernelForge.Simulator.Tests.Exactness;

/// <summary>Operands to try: the edges with each other, then many deterministic random ones.</summary>
internal static class Cases
{
    /// <summary>Columns of operands, one a source; <paramref name="values"/> gives a source's edges, <paramref name="random"/> one of its random values.</summary>
    public static ulong[][] Mix(int sources, int count, int seed, Func<int, ulong[]> values, Func<int, Random, ulong> random)
    {
        var generator = new Random(seed);
        ulong[][] edges = [.. Enumerable.Range(0, sources).Select(values)];
        var columns = Enumerable.Range(0, sources).Select(_ => new List<ulong>()).ToArray();
        long crossed = sources == 0 ? 0 : edges[0].LongLength * (sources > 1 ? edges[1].LongLength : 1);
        for (int i = 0; i < Math.Max(count, crossed); i++)
        {
            for (int s = 0; s < sources; s++)
            {
                ulong v = i < crossed
                    ? s == 0 ? edges[0][i % edges[0].Length] : s == 1 ? edges[1][i / edges[0].Length] : edges[s][generator.Next(edges[s].Length)]
                    : generator.Next(4) == 0 ? edges[s][generator.Next(edges[s].Length)] : random(s, generator);
                columns[s].Add(v);
            }
        }

        return [.. columns.Select(c => c.ToArray())];
    }

    public static ulong[] Integers(int bits)
    {
        ulong all = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        ulong top = 1UL << (bits - 1);
        ulong[] edges = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 256, all, all - 1, all - 6, top, top - 1, top + 1, top >> 1, 0x5555555555555555 & all, 0xaaaaaaaaaaaaaaaa & all, 0x0123456789abcdef & all];
        return [.. edges.Select(e => e & all).Distinct()];
    }

    public static ulong RandomInteger(int bits, Random random)
    {
        ulong v = (ulong)random.NextInt64(long.MinValue, long.MaxValue) ^ (ulong)random.Next(2);
        return (random.Next(3) == 0 ? v >> random.Next(64) : v) & (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1);
    }

    public static ulong[] Floats(Format format)
    {
        ulong one = format.One, least = 1UL << format.FractionBits, infinity = format.Infinity;
        ulong[] magnitudes =
        [
            0, 1, 2, 3, least - 1, least, least + 1, least * 2, one, one - 1, one + 1, one + (1UL << (format.FractionBits - 1)), one + least, one - least, one - least + 1,
            format.Of(3), format.Of(255), format.Of(0.1), format.Of(1.0 / 3), infinity - 1, infinity - 2, infinity - least, infinity, infinity + 1, infinity + (1UL << (format.FractionBits - 1)),
            (infinity << 1) - infinity + (least - 1),
        ];
        return [.. magnitudes.Where(m => m < format.SignBit).Distinct().SelectMany(m => new[] { m, m | format.SignBit })];
    }

    public static ulong RandomFloat(Format format, Random random)
    {
        ulong bits = (ulong)random.NextInt64() & (format.SignBit | (format.SignBit - 1));
        if (random.Next(2) == 0)
        {
            return bits;
        }

        // Exponents near one, so that sums cancel and products stay finite.
        ulong exponent = (ulong)(format.Bias + random.Next(-6, 7)) << format.FractionBits;
        return (bits & ~format.Infinity) | exponent;
    }
}
