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
/// It holds what stays of one cluster of tasks, never more.
/// </summary>
internal sealed class DuplicateLadder
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _normalised = new(StringComparer.Ordinal);
    private readonly Dictionary<UInt128, string> _tokens = [];
    private readonly SimilarSignatures _similar = new();
    private string? _cluster;

    /// <summary>The next solution of a cluster; clusters come one after the other.</summary>
    /// <returns>What it repeats; null: it stays.</returns>
    public Duplicate? Place(string cluster, string id, string sha256, string code, CodeTokens tokens, uint[] signature)
    {
        if (cluster != _cluster)
        {
            Begin(cluster);
        }

        if (_texts.TryGetValue(sha256, out var of))
        {
            return new Duplicate("duplicate", of);
        }

        var normalised = StoredAttempt.HashOf(Normalised(code));
        if (_normalised.TryGetValue(normalised, out of))
        {
            return new Duplicate("duplicate_normalised", of);
        }

        var canonical = tokens.Canonical();
        if (_tokens.TryGetValue(canonical, out of))
        {
            return new Duplicate("duplicate_tokens", of);
        }

        if (_similar.Find(signature) is { } near)
        {
            return new Duplicate("near_duplicate", near);
        }

        _texts.Add(sha256, id);
        _normalised.Add(normalised, id);
        _tokens.Add(canonical, id);
        _similar.Add(id, signature);
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

    private void Begin(string cluster)
    {
        _cluster = cluster;
        _texts.Clear();
        _normalised.Clear();
        _tokens.Clear();
        _similar.Clear();
    }
}
