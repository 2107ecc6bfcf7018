using System.Text.RegularExpressions;

namespace KernelForge.Api.Features.Datasets;

/// <summary>
/// Finds reasoning that speaks of what a model should not see: paths of a machine, the evaluator's own parts, its secret seeds. A model taught on it would
/// learn to look for them.
/// </summary>
internal static partial class LeakCheck
{
    /// <summary>What it quotes; null: nothing.</summary>
    public static string? Find(string reasoning) => Quoted().Match(reasoning) is { Success: true } match ? match.Value : null;

    [GeneratedRegex(
        @"(?<![\w./:])/(?:home|root|tmp|usr|etc|var|opt|proc|mnt|srv|dev)/[\w.+-]+(?:/[\w.+-]+)*|\b[A-Za-z]:\\\\?[\w.+-]+\\|\bKernelForge\.(?:Evaluator|Simulator|Agents|Api|Contracts)\b|\b(?:secret|hidden)[ _-]seeds?\b|\bexpected_output\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quoted();
}
