using System.Runtime.InteropServices;

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
    private readonly Dictionary<(int Band, UInt128 Key), int> _latest = [];
    private readonly List<int> _others = [];
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
        for (var band = 0; band < MinHash.Places / Rows; band++)
        {
            var at = _latest.GetValueOrDefault((band, Key(signature, band)), -1);
            while (at >= 0)
            {
                var (index, next) = (at / (MinHash.Places / Rows), _others[at]);
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
        for (var band = 0; band < MinHash.Places / Rows; band++)
        {
            ref var latest = ref CollectionsMarshal.GetValueRefOrAddDefault(_latest, (band, Key(signature, band)), out var exists);
            _others.Add(exists ? latest : -1);
            latest = (_kept.Count * (MinHash.Places / Rows)) + band;
        }

        _kept.Add((id, signature));
    }

    private static UInt128 Key(ReadOnlySpan<uint> signature, int band) => MemoryMarshal.Read<UInt128>(MemoryMarshal.AsBytes(signature.Slice(band * Rows, Rows)));
}
