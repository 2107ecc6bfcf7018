namespace KernelForge.Api.Features.Datasets.Lexing;

/// <summary>Hashes of spellings: FNV-1a over 64 bits, mixed at the end so that every bit depends on every character.</summary>
internal static class TokenHash
{
    public const ulong Seed = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>One character more.</summary>
    public static ulong Add(ulong hash, char character) => (hash ^ character) * Prime;

    /// <summary>The last step (MurmurHash3's finaliser).</summary>
    public static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }

    /// <summary>The hash of a spelling.</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = Seed;
        foreach (var character in text)
        {
            hash = Add(hash, character);
        }

        return Mix(hash);
    }
}
