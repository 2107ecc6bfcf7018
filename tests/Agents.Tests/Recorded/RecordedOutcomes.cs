using System.Text.Json;
using KernelForge.Agents.Evaluation;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Agents.Tests.Recorded;

/// <summary>Outcomes as the evaluator writes them: JSON documents beside this file.</summary>
internal static class RecordedOutcomes
{
    public static EvaluationOutcome Read(string name) =>
        JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(Repository.Tests, "Recorded", name + ".json")), ContractsJson.Default.EvaluationOutcome)!;

    /// <summary>A pass of that latency; the baseline takes 2.7 ms, the speed of light is 2.68 ms.</summary>
    public static EvaluationOutcome Passed(double latencyMs) => Read("passed") is var passed
        ? passed with { Performance = passed.Performance! with { LatencyMs = latencyMs, SpeedupFactor = 2.7 / latencyMs, SpeedOfLightFraction = 2.68 / latencyMs } }
        : throw new InvalidOperationException();

    /// <summary>A pass whose only kernel shows these metrics.</summary>
    public static EvaluationOutcome WithMetrics(double lightFraction, params (string Name, double Value)[] metrics)
    {
        var passed = Read("passed");
        return passed with
        {
            Performance = passed.Performance! with { SpeedOfLightFraction = lightFraction },
            Kernels = [passed.Kernels[0] with { Metrics = metrics.ToDictionary(metric => metric.Name, metric => metric.Value) }],
        };
    }

    public static EvaluationOutcome Wrong(string pattern, string? hint = null) => Read("incorrect") is var wrong
        ? wrong with { Correctness = wrong.Correctness! with { Worst = wrong.Correctness.Worst! with { Pattern = pattern, Hint = hint } } }
        : throw new InvalidOperationException();

    public static EvaluationOutcome Memory(string kind) => Read("memory_error") is var memory
        ? memory with { Findings = [memory.Findings[0] with { Kind = kind }] }
        : throw new InvalidOperationException();
}

/// <summary>Answers with recorded outcomes in order, and keeps what it was asked.</summary>
internal sealed class RecordedEvaluator(params EvaluatorReply[] replies) : IEvaluator
{
    private int _next;

    public RecordedEvaluator(params EvaluationOutcome[] outcomes)
        : this([.. outcomes.Select(outcome => new EvaluatorReply { Outcome = outcome })])
    {
    }

    public List<EvaluationRequest> Requests { get; } = [];

    public List<string> Solutions { get; } = [];

    public async Task<EvaluatorReply> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Requests.Add(request);
        Solutions.Add(await File.ReadAllTextAsync(request.SolutionPath, cancellationToken));
        return replies[_next++];
    }
}
