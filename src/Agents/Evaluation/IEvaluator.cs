using KernelForge.Contracts.Evaluation;

namespace KernelForge.Agents.Evaluation;

/// <summary>
/// The process boundary to the evaluator. A failed kernel is an outcome, a machine that cannot judge is a fault; both come
/// back as the reply.
/// </summary>
public interface IEvaluator
{
    /// <summary>Judges one solution.</summary>
    Task<EvaluatorReply> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken);
}
