namespace KernelForge.Evaluator.Judging;

/// <summary>There is no verdict, and nobody's kernel is to blame: a bad input file, something missing, or our own fault.</summary>
internal sealed class EvaluationFaultException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Exit code of <c>eval</c>: 64, 65, 69 or 70.</summary>
    public int ExitCode { get; } = exitCode;
}
