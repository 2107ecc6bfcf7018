using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Outcomes;
using Spectre.Console;

namespace KernelForge.Cli.Eval;

/// <summary>One outcome for a person: the verdict first, then its evidence, then how fast.</summary>
internal static class OutcomeView
{
    private const int MostFindings = 10;
    private const int MostMetrics = 60;
    private const int MostHotLines = 8;
    private const int MostWarps = 8;

    /// <summary>Writes it.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="outcome">The verdict.</param>
    /// <param name="source">The solution's lines, for excerpts; may be empty.</param>
    /// <param name="profile">Metrics and hot lines too.</param>
    public static void Write(Screen screen, EvaluationOutcome outcome, IReadOnlyList<string> source, bool profile)
    {
        screen.Line($"{StatusMarkup(outcome)}  {Markup.Escape(outcome.Task.Name ?? "task")} on {Where(outcome.Environment)}");
        screen.Line(Markup.Escape(outcome.Message));
        WriteFindings(screen, outcome, source);
        WriteDiagnostics(screen, outcome);
        WriteWarps(screen, outcome);
        WriteCorrectness(screen, outcome);
        WritePerformance(screen, outcome);
        WriteKernels(screen, outcome, source, profile);
        WriteRest(screen, outcome);
    }

    /// <summary>The status in its colour.</summary>
    public static string StatusMarkup(EvaluationOutcome outcome)
    {
        var colour = outcome switch
        {
            Passed => "green",
            Unsupported or TimedOut or Implausible => "yellow",
            _ => "red",
        };
        return $"[bold {colour}]{outcome.Status}[/]";
    }

    private static string Where(EvaluationEnvironment environment) =>
        Markup.Escape($"{environment.Platform} {environment.Device} ({environment.Architecture})");

    private static void WriteFindings(Screen screen, EvaluationOutcome outcome, IReadOnlyList<string> source)
    {
        if (outcome.Findings.Count == 0)
        {
            return;
        }

        screen.Heading("findings");
        foreach (var finding in outcome.Findings.Take(MostFindings))
        {
            var place = string.Join(", ", new[]
            {
                finding.Kernel,
                finding.Line is { } line ? $"line {line}" : null,
                finding.OtherLine is { } other ? $"and line {other}" : null,
                finding.Block is { } block ? $"block ({string.Join(',', block)})" : null,
                finding.Thread is { } thread ? $"thread ({string.Join(',', thread)})" : null,
                finding.Preset is { } preset ? $"preset {preset}" : null,
                finding.Count > 1 ? $"{Figures.Count(finding.Count)} times" : null,
            }.OfType<string>());
            screen.Line($"  [yellow]{Markup.Escape(finding.Kind)}[/] {Markup.Escape($"({finding.Tool}){(place.Length > 0 ? " in " : "")}{place}")}");
            screen.Line($"    {Markup.Escape(finding.Message)}");
            Excerpt(screen, source, finding.Line);
            if (finding.OtherLine is { } second && second != finding.Line)
            {
                Excerpt(screen, source, second);
            }
        }

        if (outcome.Findings.Count > MostFindings)
        {
            screen.Line($"  … and {outcome.Findings.Count - MostFindings} more; --json shows all");
        }
    }

    private static void Excerpt(Screen screen, IReadOnlyList<string> source, int? line)
    {
        if (line is not { } at || at < 1 || at > source.Count)
        {
            return;
        }

        for (var number = Math.Max(1, at - 1); number <= Math.Min(source.Count, at + 1); number++)
        {
            screen.Text($"{(number == at ? '>' : ' ')} {number,4} | {source[number - 1]}", indent: 4);
        }
    }

    private static void WriteDiagnostics(Screen screen, EvaluationOutcome outcome)
    {
        if (outcome.Diagnostics is { Length: > 0 } diagnostics)
        {
            screen.Heading("compiler");
            screen.Text(diagnostics, indent: 2);
        }

        if (outcome.Printed is { Length: > 0 } printed)
        {
            screen.Heading("printed by the kernels");
            screen.Text(printed, indent: 2);
        }
    }

    private static void WriteWarps(Screen screen, EvaluationOutcome outcome)
    {
        if (outcome.Warps is not { Count: > 0 } warps)
        {
            return;
        }

        screen.Heading("where warps stood");
        screen.Table(
            ["kernel", "block", ">warp", ">line", "state"],
            warps.Take(MostWarps).Select(warp => (IReadOnlyList<string?>)
            [
                Markup.Escape(warp.Kernel), $"({string.Join(',', warp.Block)})", $"{warp.Warp}", warp.Line?.ToString() ?? "-", Markup.Escape(warp.State),
            ]));
    }

    private static void WriteCorrectness(Screen screen, EvaluationOutcome outcome)
    {
        if (outcome.Correctness is not { } correctness)
        {
            return;
        }

        screen.Heading("correctness");
        var rows = new List<IReadOnlyList<string?>>
        {
            new[] { "trials", $"{correctness.Trials} over {Markup.Escape(string.Join(", ", correctness.Presets))}; oracle {Markup.Escape(correctness.Oracle)}" },
        };
        if (correctness.MaxAbsoluteError is { } absolute)
        {
            var relative = correctness.MaxRelativeError is { } value ? $", relative {Figures.Error(value)}" : "";
            var allowed = correctness.AllowedError is { } limit ? $" (allowed {Figures.Error(limit)})" : "";
            rows.Add(["largest error", $"{Figures.Error(absolute)}{allowed}{relative}"]);
        }

        if (correctness.MismatchedElements > 0)
        {
            rows.Add(["elements that differ", Figures.Count(correctness.MismatchedElements)]);
        }

        if (correctness.MismatchedElements > 0 && correctness.Worst is { } worst)
        {
            var index = worst.Index is { } at ? $"[{string.Join(", ", at)}]" : "";
            var values = worst is { Expected: { } expected, Actual: { } actual } ? $": expected {Figures.Value(expected)}, found {Figures.Value(actual)}" : "";
            rows.Add(["worst element", Markup.Escape($"{worst.Output}{index}{values} ({worst.Preset}, {worst.Distribution})")]);
            if (worst.Pattern is { } pattern)
            {
                rows.Add(["pattern", Markup.Escape(worst.Hint is { } hint ? $"{pattern}: {hint}" : pattern)]);
            }
        }

        foreach (var skipped in correctness.SkippedDistributions)
        {
            rows.Add(["left out", Markup.Escape(skipped)]);
        }

        screen.Table(["", ""], rows);
    }

    private static void WritePerformance(Screen screen, EvaluationOutcome outcome)
    {
        if (outcome.Performance is not { } performance)
        {
            if (outcome.PerformanceNote is { } note)
            {
                screen.Heading("performance");
                screen.Line($"  none: {Markup.Escape(note)}");
            }

            return;
        }

        screen.Heading($"performance ({performance.Kind}, {performance.Preset})");
        var latency = Figures.Ms(performance.LatencyMs);
        if (performance.ConfidenceIntervalMs is [var low, var high])
        {
            latency += $" ({Figures.Ms(low)} to {Figures.Ms(high)}, {performance.Samples} samples)";
        }

        var rows = new List<IReadOnlyList<string?>> { new[] { "latency", latency } };
        if (performance.PrepareMs is { } prepare)
        {
            rows.Add(["prepare, once", Figures.Ms(prepare)]);
        }

        if (performance is { SpeedOfLightMs: { } light, SpeedOfLightFraction: { } fraction })
        {
            rows.Add(["speed of light", $"{Figures.Ms(light)}; reached {Figures.Percent(fraction)}"]);
        }

        foreach (var (name, ms) in performance.Baselines)
        {
            rows.Add([Markup.Escape(name), Figures.Ms(ms)]);
        }

        if (performance.SpeedupFactor is { } speedup)
        {
            rows.Add(["speed-up", $"[bold]{Figures.Factor(speedup)}[/] over {Markup.Escape(performance.Baseline ?? "the baseline")}"]);
        }

        if (performance.LimitedBy is { } limit)
        {
            rows.Add(["limited by", Markup.Escape(limit)]);
        }

        if (performance.SampledShare is { } share and < 1)
        {
            rows.Add(["blocks executed", $"{Figures.Significant(share * 100)} %, counters scaled"]);
        }

        screen.Table(["", ""], rows);
    }

    private static void WriteKernels(Screen screen, EvaluationOutcome outcome, IReadOnlyList<string> source, bool profile)
    {
        if (outcome.Kernels.Count == 0)
        {
            return;
        }

        screen.Heading("kernels");
        screen.Table(
            ["kernel", ">launches", "grid", "block", ">registers", ">shared", ">spills", ">latency", "limited by"],
            outcome.Kernels.Select(kernel => (IReadOnlyList<string?>)
            [
                Markup.Escape(kernel.Name), Figures.Count(kernel.Launches), string.Join('×', kernel.Grid), string.Join('×', kernel.Block),
                kernel.Registers?.ToString() ?? "-", kernel.SharedBytes is { } shared ? $"{Figures.Count(shared)} B" : "-",
                kernel.SpillBytes is { } spills ? $"{Figures.Count(spills)} B" : "-", kernel.LatencyMs is { } ms ? Figures.Ms(ms) : "-", Markup.Escape(kernel.LimitedBy ?? "-"),
            ]));
        foreach (var kernel in outcome.Kernels.Where(_ => profile))
        {
            WriteProfile(screen, kernel, source);
        }
    }

    private static void WriteProfile(Screen screen, KernelReport kernel, IReadOnlyList<string> source)
    {
        if (kernel.Metrics is { Count: > 0 } metrics)
        {
            screen.Heading($"metrics of {kernel.Name}");
            screen.Table(["metric", ">value"], metrics.Take(MostMetrics).Select(metric => (IReadOnlyList<string?>)[Markup.Escape(metric.Key), Figures.Count(metric.Value)]));
        }

        if (kernel.HotLines is { Count: > 0 } lines)
        {
            screen.Heading($"hot lines of {kernel.Name}");
            screen.Table(
                [">line", ">executed", ">sectors a request", ">bank conflicts", "source"],
                lines.Take(MostHotLines).Select(line => (IReadOnlyList<string?>)
                [
                    $"{line.Line}", Figures.Count(line.Executed), line.SectorsPerRequest is { } sectors ? Figures.Significant(sectors) : "-",
                    line.BankConflicts is { } conflicts ? Figures.Count(conflicts) : "-", Markup.Escape(line.Line >= 1 && line.Line <= source.Count ? source[line.Line - 1].Trim() : ""),
                ]));
        }
    }

    private static void WriteRest(Screen screen, EvaluationOutcome outcome)
    {
        screen.Line();
        if (outcome.Class is { } kind)
        {
            var marks = new[] { kind.Kind, kind.Precision, kind.UsesLibrary ? "library" : null, kind.Prepared ? "prepared" : null, kind.FastMath ? "fast math" : null }.OfType<string>();
            screen.Line($"class: {Markup.Escape(string.Join(", ", marks))}");
        }

        if (outcome.Tunables is { Count: > 0 } tunables)
        {
            screen.Line($"tunables: {Markup.Escape(string.Join(", ", tunables.Select(tunable => $"{tunable.Key} = {tunable.Value}")))}");
        }

        if (outcome is Passed)
        {
            screen.Line(outcome.Ranked ? "ranked: yes" : $"ranked: no{(outcome.UnrankedReasons.Count > 0 ? ": " : "")}{Markup.Escape(string.Join("; ", outcome.UnrankedReasons))}");
        }

        if (outcome.TimingsMs.Count > 0)
        {
            screen.Line($"[dim]timings: {Markup.Escape(string.Join(", ", outcome.TimingsMs.Select(stage => $"{stage.Key} {Figures.Ms(stage.Value)}")))}[/]");
        }
    }
}
