namespace KernelForge.Api.Tests.Features.Datasets;

/// <summary>
/// What an export makes of drawn attempts, worked out in memory by loops over lists: no SQL, no lexer, no hashing. It knows by the drawing which solutions
/// repeat each other.
/// </summary>
internal static class NaiveSelection
{
    /// <summary>Every attempt's reason, of being kept or dropped, before a recipe; null where it is fit and the best of its cluster.</summary>
    public static Dictionary<string, string?> Gate(IReadOnlyList<SyntheticAttempt> attempts, bool keepBenchmark)
    {
        // On a board stands a solution of which some attempt was judged a second time, on its device.
        var stands = attempts.Where(attempt => attempt.Correct && attempt.Verified).Select(Judged).ToHashSet(StringComparer.Ordinal);
        Dictionary<string, string?> reasons = [];
        foreach (var attempt in attempts)
        {
            reasons[attempt.Id] =
                attempt.Status == "compile_error" ? "not_compiled"
                : attempt.Status != "passed" ? "not_correct"
                : attempt.SingleOperator && !keepBenchmark ? "contaminated"
                : !stands.Contains(Judged(attempt)) ? "not_verified"
                : Answer(attempt);
        }

        foreach (var family in attempts.Where(attempt => attempt.Correct && reasons[attempt.Id] is null).GroupBy(attempt => (attempt.Task, attempt.Family)))
        {
            var sorted = family.OrderByDescending(attempt => attempt.Speedup).ThenBy(attempt => attempt.LatencyMs).ThenBy(attempt => attempt.FinishedAt).ThenBy(attempt => attempt.Id, StringComparer.Ordinal).ToList();
            foreach (var repeat in sorted.Skip(1))
            {
                reasons[repeat.Id] = Repeats(repeat, sorted[0]);
            }
        }

        return reasons;
    }

    /// <summary>ConCuR.</summary>
    public static Dictionary<string, string> Concur(IReadOnlyList<SyntheticAttempt> fit, double speedup)
    {
        Dictionary<string, string> kept = [];
        foreach (var same in fit.GroupBy(attempt => attempt.Comparison))
        {
            var length = Lengths(same.ToList());
            var (shortest, fastest) = (same.Min(length), same.Min(attempt => attempt.LatencyMs));
            var a = First(same.Where(attempt => length(attempt) == shortest && attempt.LatencyMs == fastest), _ => 0);
            var b = First(same.Where(attempt => attempt.Speedup > speedup && length(attempt) > shortest), length);
            var c = a is null && b is null ? First(same.Where(attempt => attempt.SingleOperator), length) : null;
            Keep(kept, a, "a_shortest_and_fastest");
            Keep(kept, b, "b_very_fast");
            Keep(kept, c, "c_single_operator");
        }

        return kept;
    }

    /// <summary>The shortest of the nearly fastest.</summary>
    public static Dictionary<string, string> WithinEpsilon(IReadOnlyList<SyntheticAttempt> fit, double epsilon)
    {
        Dictionary<string, string> kept = [];
        foreach (var same in fit.GroupBy(attempt => attempt.Comparison))
        {
            var length = Lengths(same.ToList());
            var best = same.Min(attempt => attempt.LatencyMs);
            Keep(kept, First(same.Where(attempt => attempt.LatencyMs * (1 - epsilon) <= best), length), "shortest_of_the_fast");
        }

        return kept;
    }

    /// <summary>Wrong attempts put right by advice.</summary>
    public static Dictionary<string, string> Repair(IReadOnlyList<SyntheticAttempt> fit, IReadOnlyList<SyntheticAttempt> all)
    {
        Dictionary<string, string> kept = [];
        var parents = all.ToDictionary(attempt => attempt.Id);
        foreach (var attempt in fit)
        {
            Keep(kept, parents.GetValueOrDefault($"{attempt.Run}/{attempt.Parent}") is { Correct: false } && attempt.Advised == "correction" ? attempt : null, "repaired");
        }

        return kept;
    }

    /// <summary>Advice that gained.</summary>
    public static Dictionary<string, string> Judge(IReadOnlyList<SyntheticAttempt> fit, IReadOnlyList<SyntheticAttempt> all, double gain)
    {
        Dictionary<string, string> kept = [];
        var parents = all.ToDictionary(attempt => attempt.Id);
        foreach (var attempt in fit)
        {
            var gained = parents.GetValueOrDefault($"{attempt.Run}/{attempt.Parent}") is { Correct: true } parent && parent.LatencyMs > attempt.LatencyMs && parent.LatencyMs >= gain * attempt.LatencyMs && attempt.Advised == "optimisation";
            Keep(kept, gained ? attempt : null, "advice_gained");
        }

        return kept;
    }

    /// <summary>Pairs of attempts, the better first, and why the other is worse.</summary>
    public static List<string> Pairs(IReadOnlyList<SyntheticAttempt> fit, IReadOnlyList<SyntheticAttempt> all, double gain, int most)
    {
        // Lengths are of a comparison; here they only part equal times.
        var lengths = fit.GroupBy(attempt => attempt.Comparison).ToDictionary(same => same.Key, same => Lengths(same.ToList()));
        List<SyntheticAttempt> wrong = [];
        foreach (var family in all.Where(attempt => !attempt.Correct && Answer(attempt) is null).GroupBy(attempt => (attempt.Task, attempt.Family)))
        {
            wrong.Add(family.OrderBy(attempt => attempt.FinishedAt).ThenBy(attempt => attempt.Id, StringComparer.Ordinal).First());
        }

        List<string> pairs = [];
        foreach (var prompt in fit.GroupBy(attempt => (attempt.Place, attempt.Prompt)))
        {
            var best = prompt.OrderBy(attempt => attempt.LatencyMs).ThenBy(attempt => lengths[attempt.Comparison](attempt)).ThenBy(attempt => attempt.FinishedAt).ThenBy(attempt => attempt.Id, StringComparer.Ordinal).First();
            var bad = wrong.Where(attempt => (attempt.Place, attempt.Prompt) == prompt.Key).Select(attempt => (attempt, "rejected_wrong"))
                .Concat(prompt.Where(attempt => attempt.Comparison == best.Comparison && attempt.LatencyMs > best.LatencyMs && attempt.LatencyMs >= gain * best.LatencyMs).Select(attempt => (attempt, "rejected_slow")));
            pairs.AddRange(bad.OrderBy(item => item.attempt.Correct).ThenBy(item => item.attempt.FinishedAt).ThenBy(item => item.attempt.Id, StringComparer.Ordinal).Take(most)
                .Select(item => $"{best.Id} {item.attempt.Id} {item.Item2}"));
        }

        return pairs;
    }

    private static string Judged(SyntheticAttempt attempt) => $"{attempt.Place} {attempt.Family} {attempt.Blanks} {attempt.Names} {attempt.Edit}";

    private static string? Answer(SyntheticAttempt attempt) =>
        attempt.FinishReason == "length" ? "truncated"
        : string.IsNullOrWhiteSpace(attempt.Reasoning) ? "no_reasoning"
        : attempt.Reasoning.Contains("</think>", StringComparison.Ordinal) ? "reasoning_holds_tag"
        : attempt.Reasoning.Contains("/home/", StringComparison.Ordinal) ? "reasoning_leaks"
        : null;

    private static string Repeats(SyntheticAttempt repeat, SyntheticAttempt kept) =>
        repeat.Edit != kept.Edit ? "near_duplicate" : repeat.Names != kept.Names ? "duplicate_tokens" : repeat.Blanks != kept.Blanks ? "duplicate_normalised" : "duplicate";

    private static Func<SyntheticAttempt, long> Lengths(List<SyntheticAttempt> same) => same.TrueForAll(attempt => attempt.Tokens > 0) ? attempt => attempt.Tokens : attempt => attempt.Reasoning!.Length;

    private static SyntheticAttempt? First(IEnumerable<SyntheticAttempt> attempts, Func<SyntheticAttempt, long> length) =>
        attempts.OrderBy(length).ThenBy(attempt => attempt.LatencyMs).ThenBy(attempt => attempt.FinishedAt).ThenBy(attempt => attempt.Id, StringComparer.Ordinal).FirstOrDefault();

    private static void Keep(Dictionary<string, string> kept, SyntheticAttempt? attempt, string why)
    {
        if (attempt is not null)
        {
            kept.Add(attempt.Id, why);
        }
    }
}
