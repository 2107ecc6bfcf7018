using System.Globalization;
using System.Text;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Prompts;

/// <summary>An outcome in words, bounded, for prompts. It shows what the outcome holds and so nothing of hidden trials.</summary>
public static class EvidenceText
{
    private const int MaxFindings = 8;
    private const int MaxDiagnostics = 4000;
    private const int MaxWarps = 8;

    /// <summary>Status, message, errors, findings, diagnostics, where warps stood.</summary>
    public static string Describe(EvaluationOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Status: {outcome.Status}. {outcome.Message}\n");
        if (outcome.Correctness is { } correctness)
        {
            AppendCorrectness(text, correctness);
        }

        foreach (var finding in outcome.Findings.Take(MaxFindings))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {finding.Tool}: {finding.Kind}");
            text.Append(finding.Kernel is { } kernel ? $" in {kernel}" : "");
            text.Append(finding.Line is { } line ? $", line {line.ToString(CultureInfo.InvariantCulture)}" : "");
            text.Append(finding.OtherLine is { } other ? $" against line {other.ToString(CultureInfo.InvariantCulture)}" : "");
            text.Append(finding.Block is { } block ? $", block ({string.Join(',', block)})" : "");
            text.Append(finding.Thread is { } thread ? $", thread ({string.Join(',', thread)})" : "");
            text.Append(finding.Preset is { } preset ? $", preset {preset}" : "");
            text.Append(CultureInfo.InvariantCulture, $": {finding.Message}\n");
        }

        if (outcome.Findings.Count > MaxFindings)
        {
            text.Append(CultureInfo.InvariantCulture, $"- and {outcome.Findings.Count - MaxFindings} more\n");
        }

        foreach (var warp in (outcome.Warps ?? []).Take(MaxWarps))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {warp.Kernel}, block ({string.Join(',', warp.Block)}), warp {warp.Warp}: {warp.State}");
            text.Append(warp.Line is { } line ? $" at line {line.ToString(CultureInfo.InvariantCulture)}\n" : "\n");
        }

        if (outcome.Diagnostics is { Length: > 0 } diagnostics && outcome is not Passed)
        {
            text.Append("Compiler:\n").Append(diagnostics.Length > MaxDiagnostics ? diagnostics[..MaxDiagnostics] + "\n[…]" : diagnostics.TrimEnd()).Append('\n');
        }

        if (outcome is Passed && outcome.Performance is { } performance)
        {
            text.Append(Speed(performance)).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>Latency, baselines and the gap to the speed of light.</summary>
    public static string Speed(PerformanceReport performance)
    {
        ArgumentNullException.ThrowIfNull(performance);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Latency: {Number(performance.LatencyMs)} ms ({performance.Kind}, preset {performance.Preset})");
        if (performance.SpeedupFactor is { } speedup && performance.Baseline is { } baseline)
        {
            text.Append(CultureInfo.InvariantCulture, $"; {Number(speedup)} × {baseline}");
        }

        if (performance.SpeedOfLightMs is { } limit && performance.SpeedOfLightFraction is { } fraction)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nSpeed of light: {Number(limit)} ms, so it reaches {fraction * 100:0.#} % of it; at most a gain of {Number(fraction > 0 ? 1 / fraction : 0)} is left");
        }

        if (performance.LimitedBy is { } limiter)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nLimited by: {limiter}");
        }

        return text.ToString();
    }

    /// <summary>The verdict in a few words: <c>passed, 2.91 ms, 0.93 × torch_eager_modelled</c>.</summary>
    public static string Verdict(EvaluationOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome is Passed && Time(outcome) is { } time ? $"passed, {time}" : outcome.Status;
    }

    /// <summary>Latency and speed-up; null where no time was made.</summary>
    public static string? Time(EvaluationOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Performance is not { } performance ? null
            : performance.SpeedupFactor is { } speedup ? $"{Number(performance.LatencyMs)} ms, {Number(speedup)} × {performance.Baseline}"
            : $"{Number(performance.LatencyMs)} ms";
    }

    /// <summary>A line for every attempt that followed advice: what was tried and what came of it.</summary>
    public static IReadOnlyList<string> History(IReadOnlyList<AttemptRecord> attempts)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        List<string> lines = [];
        foreach (var attempt in attempts)
        {
            var what = attempt.Advice is { } advice
                ? advice.Mode == RoundModes.Optimisation ? advice.Reason : advice.Fix
                : attempt.Mode == RoundModes.First ? "first solution" : "changed without advice";
            var from = attempt.Parent is { } parent ? $" from round {parent.ToString(CultureInfo.InvariantCulture)}" : "";
            var came = attempt.AdviceOutcome is { } result ? $", the advice: {result.Replace('_', ' ')}" : "";
            var gain = attempt.Gain is { } factor ? $", gain {Number(factor)}" : "";
            lines.Add($"round {attempt.Round.ToString(CultureInfo.InvariantCulture)}{from} ({attempt.Mode}): {what} → {Verdict(attempt.Outcome)}{gain}{came}");
        }

        return lines;
    }

    /// <summary>Four significant digits, without an exponent where a person would write none.</summary>
    public static string Number(double value)
    {
        var size = Math.Abs(value);
        return size is >= 1e6 or (> 0 and < 1e-4)
            ? value.ToString("0.###e+0", CultureInfo.InvariantCulture)
            : value.ToString(size >= 1000 ? "0" : size >= 100 ? "0.#" : size >= 10 ? "0.##" : size >= 1 ? "0.###" : "0.####", CultureInfo.InvariantCulture);
    }

    private static void AppendCorrectness(StringBuilder text, CorrectnessReport correctness)
    {
        if (correctness.Worst is not { } worst || correctness.MismatchedElements == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"Wrong elements: {correctness.MismatchedElements} of output {worst.Output} (preset {worst.Preset}, distribution {worst.Distribution})");
        text.Append(worst.Pattern is { } pattern ? $"; pattern: {pattern}" : "").Append('\n');
        if (correctness.MaxAbsoluteError is { } absolute)
        {
            text.Append(CultureInfo.InvariantCulture, $"Largest error: {Number(absolute)}");
            text.Append(correctness.MaxRelativeError is { } relative ? $", relative {Number(relative)}" : "");
            text.Append(correctness.AllowedError is { } allowed ? $"; allowed {Number(allowed)}" : "").Append('\n');
        }

        if (worst.Index is { } index && worst.Expected is { } expected && worst.Actual is { } actual)
        {
            text.Append(CultureInfo.InvariantCulture, $"Worst: {worst.Output}[{string.Join(", ", index)}] is {actual:G9}, expected {expected:G9}\n");
        }

        text.Append(worst.Hint is { } hint ? $"Hint: {hint}\n" : "");
    }
}
