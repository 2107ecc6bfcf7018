using System.Reflection;
using KernelForge.Evaluator.Reference;
using KernelForge.Simulator.Model;

namespace KernelForge.Evaluator.Judging;

/// <summary>What figures depend on.</summary>
internal static class EvaluatorVersion
{
    // Raised with every change of trials, tolerance or timing protocol.
    private const string Protocol = "1";

    /// <summary>This software's version.</summary>
    public static string Software { get; } =
        typeof(EvaluatorVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Protocol, reference worker and time model; boards never mix versions.</summary>
    public static string Evaluation { get; } = $"protocol {Protocol}, reference {WorkerFiles.Version[..8]}, model {TimeModel.Version}";
}
