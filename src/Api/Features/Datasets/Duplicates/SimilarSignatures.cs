using System.Runtime.InteropServices;
using KernelForge.Api.Features.Datasets.Lexing;

namespace KernelForge.Api.Features.Datasets.Duplicates;

/// <summary>
/// Finds signatures that are nearly equal (locality-sensitive hashing): 32 bands of four places; two that agree in a band are compared whole. A pair
/// of similarity 0.8 is missed with probability (1 − 0.8⁴)³² &lt; 10⁻⁷.
/// </summary>
internal sealed class SimilarSignatures
{
    /// <summary>From here on two texts are nearly the same.</summary>
    public const double Threshold = 0.8;

    private const int Rows = 4;
    private readonly Dictionary<ulong, int> _latest = [];
    private readonly List<int> _others = [];
    private const int Bands = MinHash.Places / Rows;
    private readonly List<(string Id, uint[] Signature)> _kept = [];

    /// <summary>How many it holds.</summary>
    public int Count => _kept.Count;

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _latest.Clear();
        _others.Clear();
        _kept.Clear();
    }

    /// <summary>Which of those it holds is the most similar from <see cref="Threshold"/> on, the earliest among equals; null: none is.</summary>
    public string? Find(uint[] signature)
    {
        var (best, similarity) = (-1, 0d);
        HashSet<int> seen = [];
        for (var band = 0; band < Bands; band++)
        {
            var at = _latest.GetValueOrDefault(Key(signature, band), -1);
            while (at >= 0)
            {
                var (index, next) = (at / Bands, _others[at]);
                if (seen.Add(index))
                {
                    var found = MinHash.Similarity(_kept[index].Signature, signature);
                    if (found >= Threshold && (found > similarity || (found == similarity && index < best)))
                    {
                        (best, similarity) = (index, found);
                    }
                }

                at = next;
            }
        }

        return best < 0 ? null : _kept[best].Id;
    }

    /// <summary>Holds one more.</summary>
    public void Add(string id, uint[] signature)
    {
        for (var band = 0; band < Bands; band++)
        {
            ref var latest = ref CollectionsMarshal.GetValueRefOrAddDefault(_latest, Key(signature, band), out var exists);
            _others.Add(exists ? latest : -1);
            latest = (_kept.Count * Bands) + band;
        }

        _kept.Add((id, signature));
    }

    private static ulong Key(ReadOnlySpan<uint> signature, int band)
    {
        // Two bands that meet by chance cost a comparison, no more.
        var halves = MemoryMarshal.Cast<uint, ulong>(signature.Slice(band * Rows, Rows));
        return TokenHash.Mix(halves[0] ^ TokenHash.Mix(halves[1] + (ulong)band));
    }
}
