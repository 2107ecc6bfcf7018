using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Contracts.Tests.Outcomes;

public sealed class OutcomeRoundTripTests
{
    private static readonly string[] DesignOrder =
    [
        "answer_error", "plan_error", "rejected", "compile_error", "unsupported", "timed_out", "runtime_error", "memory_error", "race_error",
        "sync_error", "incorrect_shape", "incorrect_dtype", "incorrect_numerical", "implausible", "passed",
    ];

    public static TheoryData<string> Statuses => [.. DesignOrder];

    [Fact]
    public void The_statuses_are_those_of_the_design_in_their_order()
    {
        IEnumerable<object?> statuses = typeof(EvaluationOutcome).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(a => a.TypeDiscriminator);

        Assert.Equal(DesignOrder, statuses);
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void An_outcome_of_every_status_comes_back_the_same(string status)
    {
        string json = $$"""
            { "message": "m", "task": { "name": "a/b", "sha256": "0" }, "solution": { "sha256": "1" },
              "environment": { "platform": "sim", "device": "H200", "architecture": "sm_90a", "kernelforge": "0.1.0", "evaluation_version": "1" },
              "findings": [ { "tool": "rules", "kind": "host_code", "line": 3, "message": "f" } ],
              "correctness": { "presets": ["small"], "trials": 5, "oracle": "float64", "worst": { "output": "out", "expected": "NaN", "actual": 1.5, "preset": "small", "distribution": "standard" } },
              "tunables": { "BLOCK": 256 }, "status": "{{status}}" }
            """;

        EvaluationOutcome outcome = JsonSerializer.Deserialize(json, ContractsJson.Default.EvaluationOutcome)!;
        string written = JsonSerializer.Serialize(outcome, ContractsJson.Default.EvaluationOutcome);
        EvaluationOutcome again = JsonSerializer.Deserialize(written, ContractsJson.Default.EvaluationOutcome)!;

        Assert.Equal(status, outcome.Status);
        Assert.Equal(outcome.GetType(), again.GetType());
        Assert.Equal(written, JsonSerializer.Serialize(again, ContractsJson.Default.EvaluationOutcome));
        Assert.True(double.IsNaN(again.Correctness!.Worst!.Expected!.Value));
    }
}
