using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Api.Features.Datasets.Lexing;

namespace KernelForge.Api.Features.Datasets.Duplicates;

/// <summary>What a rung of the ladder says of a solution.</summary>
/// <param name="Reason"><c>duplicate</c>, <c>duplicate_normalised</c>, <c>duplicate_tokens</c> or <c>near_duplicate</c>.</param>
/// <param name="Of">The attempt that stays.</param>
internal sealed record Duplicate(string Reason, string Of);

/// <summary>
/// Tells duplicates among the solutions of one cluster of tasks, cheapest rung first: the same text, the same text but for blanks, the same tokens but
/// for names, nearly the same tokens. Solutions come best first, so what stays of a cluster is its best; every duplicate is one of something that stays.
/// It holds hashes of what stays of one cluster of tasks, and the signatures of the <see cref="MostSignatures"/> best of it, never more.
/// </summary>
internal sealed class DuplicateLadder
{
    /// <summary>Near duplicates are looked for among so many of the best that stay.</summary>
    public const int MostSignatures = 4096;

    private readonly Dictionary<UInt128, (Guid Run, int Round)> _texts = [];
    private readonly Dictionary<UInt128, (Guid Run, int Round)> _normalised = [];
    private readonly Dictionary<UInt128, (Guid Run, int Round)> _tokens = [];
    private readonly SimilarSignatures _similar = new();
    private string? _cluster;

    /// <summary>The next solution of a cluster; clusters come one after the other.</summary>
    /// <returns>What it repeats; null: it stays.</returns>
    public Duplicate? Place(string cluster, Guid run, int round, string code, CodeTokens tokens, uint[] signature)
    {
        if (cluster != _cluster)
        {
            Begin(cluster);
        }

        var (text, normalised, canonical) = (HashOf(code), HashOf(Normalised(code)), tokens.Canonical());
        if ((Same("duplicate", _texts, text) ?? Same("duplicate_normalised", _normalised, normalised) ?? Same("duplicate_tokens", _tokens, canonical)) is { } same)
        {
            return same;
        }

        if (_similar.Find(signature) is { } near)
        {
            return new Duplicate("near_duplicate", near);
        }

        _texts.Add(text, (run, round));
        _normalised.Add(normalised, (run, round));
        _tokens.Add(canonical, (run, round));
        if (_similar.Count < MostSignatures)
        {
            _similar.Add(Id(run, round), signature);
        }

        return null;
    }

    /// <summary>A text with every run of blanks as one, and none at its ends.</summary>
    internal static string Normalised(string text)
    {
        StringBuilder normal = new(text.Length);
        foreach (var character in text)
        {
            if (!char.IsWhiteSpace(character))
            {
                normal.Append(character);
            }
            else if (normal.Length > 0 && normal[^1] != ' ')
            {
                normal.Append(' ');
            }
        }

        return normal.ToString().TrimEnd();
    }

    private static Duplicate? Same(string reason, Dictionary<UInt128, (Guid Run, int Round)> held, UInt128 hash) =>
        held.TryGetValue(hash, out var of) ? new Duplicate(reason, Id(of.Run, of.Round)) : null;

    private static string Id(Guid run, int round) => $"{run}/{round}";

    /// <summary>The first half of a text's SHA-256.</summary>
    private static UInt128 HashOf(string text) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private void Begin(string cluster)
    {
        _cluster = cluster;
        _texts.Clear();
        _normalised.Clear();
        _tokens.Clear();
        _similar.Clear();
    }
}
