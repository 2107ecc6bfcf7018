using System.Security.Cryptography;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Cli.Tests;

/// <summary>What an evaluator would answer about a task.</summary>
internal static class Surveys
{
    /// <summary>A survey; with a flaw the task does not rank.</summary>
    public static SurveyReply Of(SurveyRequest request, string? flaw = null, string precision = "float32") => new()
    {
        Survey = new TaskSurvey
        {
            Name = request.TaskName,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(request.TaskPath))),
            Tensors = [],
            Cost = new SpeedOfLight
            {
                Device = "H200",
                SpeedOfLightMs = 1,
                Limiter = "bandwidth",
                TorchEagerModelledMs = 2,
                CompulsoryBytes = 8,
                BytesByTensor = new Dictionary<string, long> { ["x"] = 8 },
                Operations = 1,
                Precision = precision,
                Operators = [],
            },
            Audit = new TaskAudit
            {
                Version = 1,
                Ranked = flaw is null,
                Reason = flaw,
                Evidence = [new AuditEvidence { Check = "fake", Flaw = flaw is not null, Detail = flaw ?? "no cheap fake passes" }],
                Size = new AuditSize("whole", 1, Shrunk: false),
            },
        },
    };

    /// <summary>A task file that is wrong.</summary>
    public static SurveyReply Wrong(SurveyRequest request, string reason) => Fault(65, $"{request.TaskName}: {reason}");

    /// <summary>No survey.</summary>
    public static SurveyReply Fault(int exitCode, string message) => new() { Fault = new EvaluatorFault { ExitCode = exitCode, Message = message } };
}
