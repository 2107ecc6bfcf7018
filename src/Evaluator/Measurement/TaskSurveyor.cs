using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Judging;
using KernelForge.Evaluator.Reference;
using KernelForge.Simulator.Model;

namespace KernelForge.Evaluator.Measurement;

/// <summary>Looks at a task itself: describes it, prices it on a GPU, audits it. One Python process.</summary>
internal static class TaskSurveyor
{
    /// <summary>Surveys.</summary>
    /// <exception cref="EvaluationFaultException">There is no such GPU profile.</exception>
    /// <exception cref="TaskFileException">The task file is wrong.</exception>
    /// <exception cref="ReferenceUnavailableException">PyTorch cannot be had.</exception>
    public static async Task<TaskSurvey> SurveyAsync(SurveyRequest request, CancellationToken cancellationToken)
    {
        var profile = ProfileOf(request.Device);
        await SandboxRule.RequireAsync(request.Toolbox, request.UnsafeNoSandbox, "tasks audit", cancellationToken);
        await using var reference = new ReferenceClient(new ReferenceOptions { Home = request.Home, Toolbox = request.Toolbox, UnsafeNoSandbox = request.UnsafeNoSandbox });
        var task = await reference.DescribeAsync(request.TaskPath, request.TaskName, cancellationToken);
        var trace = await reference.TraceAsync(task, "full", cancellationToken);
        return new TaskSurvey
        {
            Name = task.Name,
            Sha256 = task.Sha256,
            Tensors = task.Presets["full"].Tensors,
            Cost = CostOf(trace, profile, request.Device),
            Audit = await reference.AuditAsync(task, cancellationToken),
        };
    }

    private static GpuProfile ProfileOf(string device)
    {
        try
        {
            return GpuProfiles.Get(device);
        }
        catch (ArgumentException error)
        {
            throw new EvaluationFaultException(64, $"--device: {error.Message}", error);
        }
    }

    private static SpeedOfLight CostOf(TaskTrace trace, GpuProfile profile, string device)
    {
        var cost = TaskCost.Of(trace, profile, precision: null);
        return new SpeedOfLight
        {
            Device = device,
            SpeedOfLightMs = cost.SpeedOfLightMs,
            Limiter = cost.OperationsMs >= cost.SpeedOfLightMs ? "operations" : "bandwidth",
            TorchEagerModelledMs = cost.TorchEagerMs,
            TorchEagerIsLowerBound = cost.IsLowerBound,
            CompulsoryBytes = trace.CompulsoryBytes,
            BytesByTensor = trace.CompulsoryBytesByTensor,
            Operations = trace.Flops,
            Precision = trace.Precision,
            Operators = [.. trace.Operators.Select(step => new OperatorCost(step.Name.Replace("aten::", string.Empty, StringComparison.Ordinal), step.Count, step.NeededFlops, step.ReadBytes + step.WrittenBytes))],
            Notes = trace.Notes,
        };
    }
}
