using System.Globalization;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Agents.Judging;

/// <summary>A case as the Judge's templates read it: the Coder's view, with figures.</summary>
internal static class JudgeView
{
    private const int MaxKernels = 4;
    private const int MaxHotLines = 10;
    private const int MaxBottlenecks = 5;

    public static Dictionary<string, object?> Of(CaseFile file, PromptLibrary prompts)
    {
        var outcome = file.Basis?.Outcome ?? throw new ArgumentException("a Judge needs a solution to judge", nameof(file));
        var view = CaseView.Of(file, prompts);
        var kernels = outcome.Kernels.OrderByDescending(kernel => kernel.LatencyMs ?? 0).Take(MaxKernels).ToList();
        view["speed"] = outcome.Performance is { } performance ? EvidenceText.Speed(performance) : "No time was made" + (outcome.PerformanceNote is { } note ? $": {note}" : ".");
        view["metrics"] = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["selected"] = kernels.SelectMany(kernel => Selected(kernel, outcome.Performance)).ToList(),
            ["all"] = kernels.SelectMany(All).ToList(),
        };
        view["bottlenecks"] = kernels.SelectMany(Bottlenecks).Take(MaxBottlenecks).ToList();
        view["hotLines"] = kernels.SelectMany(kernel => HotLines(kernel, file.Basis.Code)).Take(MaxHotLines).ToList();
        view["fence"] = FenceAround(file.Task.Source, file.Basis.Code, view["evidence"] as string, string.Join('\n', (List<string>)view["hotLines"]!));
        view["history"] = file.History.Count > 1 ? EvidenceText.History(file.History) : null;
        return view;
    }

    /// <summary>A fence that nothing inside can close: one sign longer than the longest run of them.</summary>
    private static string FenceAround(params ReadOnlySpan<string?> texts)
    {
        var longest = 2;
        foreach (var text in texts)
        {
            var run = 0;
            foreach (var sign in text ?? "")
            {
                run = sign == '`' ? run + 1 : 0;
                longest = Math.Max(longest, run);
            }
        }

        return new string('`', longest + 1);
    }

    private static IEnumerable<string> Selected(KernelReport kernel, PerformanceReport? performance)
    {
        var share = performance is { LatencyMs: > 0 } && kernel.LatencyMs is { } latency ? $", {latency / performance.LatencyMs * 100:0} % of the time" : "";
        var resources = string.Concat(
            kernel.Registers is { } registers ? $", {registers.ToString(CultureInfo.InvariantCulture)} registers" : "",
            kernel.SharedBytes is { } bytes ? $", {bytes.ToString(CultureInfo.InvariantCulture)} bytes shared" : "",
            kernel.SpillBytes is > 0 and { } spill ? $", {spill.ToString(CultureInfo.InvariantCulture)} bytes spilled" : "");
        var limiter = kernel.LimitedBy ?? performance?.LimitedBy;
        yield return $"Kernel {kernel.Name}: {kernel.Launches.ToString(CultureInfo.InvariantCulture)} launches of grid ({string.Join(", ", kernel.Grid)}), block ({string.Join(", ", kernel.Block)}){share}{resources}{(limiter is null ? "" : $", limited by {limiter}")}";
        foreach (var line in Lines(kernel, Metrics.SelectedFor(limiter)))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> All(KernelReport kernel)
    {
        if (kernel.Metrics is not { Count: > 0 })
        {
            yield break;
        }

        yield return $"Kernel {kernel.Name}:";
        foreach (var line in Lines(kernel, Metrics.CudaForge))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Lines(KernelReport kernel, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (kernel.Metrics is { } metrics && metrics.TryGetValue(name, out var value))
            {
                yield return $"- {name} = {EvidenceText.Number(value)}";
            }
        }
    }

    private static IEnumerable<string> Bottlenecks(KernelReport kernel) => (kernel.Bottlenecks ?? []).Select(bottleneck =>
    {
        var lines = bottleneck.Lines.Count == 0 ? "" : $" Line{(bottleneck.Lines.Count > 1 ? "s" : "")} {string.Join(", ", bottleneck.Lines)}.";
        var evidence = string.Join(", ", bottleneck.Evidence.Select(metric => $"{metric.Key} = {EvidenceText.Number(metric.Value)}"));
        return $"- {kernel.Name}: {bottleneck.Rule}, the kernel would be {EvidenceText.Number(bottleneck.Gain)} times as fast without it. {bottleneck.What}{lines} {bottleneck.Try} ({evidence})";
    });

    private static IEnumerable<string> HotLines(KernelReport kernel, string? code)
    {
        var lines = code?.Split('\n') ?? [];
        foreach (var hot in kernel.HotLines ?? [])
        {
            var source = hot.Line >= 1 && hot.Line <= lines.Length ? $" `{lines[hot.Line - 1].Trim()}`" : "";
            var sectors = hot.SectorsPerRequest is { } perRequest ? $", {EvidenceText.Number(perRequest)} sectors a request" : "";
            var conflicts = hot.BankConflicts is > 0 and { } count ? $", {count.ToString(CultureInfo.InvariantCulture)} bank conflicts" : "";
            yield return $"- {kernel.Name}, line {hot.Line.ToString(CultureInfo.InvariantCulture)}{source}: executed {hot.Executed.ToString(CultureInfo.InvariantCulture)} times{sectors}{conflicts}";
        }
    }
}
