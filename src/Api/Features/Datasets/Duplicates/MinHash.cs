using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using KernelForge.Api.Features.Datasets.Lexing;

namespace KernelForge.Api.Features.Datasets.Duplicates;

/// <summary>
/// MinHash of token shingles: the share of equal places of two signatures estimates the Jaccard similarity of the two sets of shingles, with a standard
/// error of at most 1 / (2 √128) = 0.044. A shingle is five tokens in a row; own names count by where they first stand in it, so that neither renaming
/// nor a new variable far above changes it.
/// </summary>
internal static class MinHash
{
    /// <summary>Places of a signature.</summary>
    public const int Places = 128;

    private const int Shingle = 5;

    // Multiply-add hashing modulo 2^32 (odd factors); the least value is decided by the high bits, which are the good ones.
    private static readonly uint[] Factors = Constants(1, odd: true);
    private static readonly uint[] Terms = Constants(2, odd: false);

    /// <summary>The signature of a token sequence; all ones where there is no token.</summary>
    public static uint[] Signature(ReadOnlySpan<ulong> hashes, ReadOnlySpan<bool> own)
    {
        var count = hashes.Length == 0 ? 0 : Math.Max(1, hashes.Length - Shingle + 1);
        var shingles = new uint[count];
        for (var i = 0; i < count; i++)
        {
            var length = Math.Min(Shingle, hashes.Length - i);
            shingles[i] = Hash(hashes.Slice(i, length), own.Slice(i, length));
        }

        var signature = new uint[Places];
        for (var place = 0; place < Places; place += Vector512<uint>.Count)
        {
            var factor = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Factors), (nuint)place);
            var term = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Terms), (nuint)place);
            var least = Vector512<uint>.AllBitsSet;
            foreach (var shingle in shingles)
            {
                least = Vector512.Min(least, (Vector512.Create(shingle) * factor) + term);
            }

            least.StoreUnsafe(ref MemoryMarshal.GetArrayDataReference(signature), (nuint)place);
        }

        return signature;
    }

    /// <summary>The share of equal places.</summary>
    public static double Similarity(ReadOnlySpan<uint> one, ReadOnlySpan<uint> other)
    {
        var equal = 0;
        for (var i = 0; i < Places; i++)
        {
            equal += one[i] == other[i] ? 1 : 0;
        }

        return equal / (double)Places;
    }

    private static uint Hash(ReadOnlySpan<ulong> hashes, ReadOnlySpan<bool> own)
    {
        var hash = (ulong)hashes.Length;
        for (var i = 0; i < hashes.Length; i++)
        {
            var value = own[i] ? (ulong)hashes[..i].IndexOf(hashes[i]) + 2 : hashes[i];
            hash = (hash ^ value) * 0x9e3779b97f4a7c15;
            hash ^= hash >> 32;
        }

        return (uint)(TokenHash.Mix(hash) >> 32);
    }

    private static uint[] Constants(ulong seed, bool odd)
    {
        var constants = new uint[Places];
        for (var i = 0; i < Places; i++)
        {
            // SplitMix64: the same signature in every process and version.
            constants[i] = (uint)TokenHash.Mix((seed << 32) + ((ulong)i * 0x9e3779b97f4a7c15)) | (odd ? 1u : 0u);
        }

        return constants;
    }
}
