using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Suite;

/// <summary>A line of <c>bench-tasks/speed-of-light.json</c>: a task's tensors at <c>full</c> and what they cost at least.</summary>
public sealed record SpeedOfLightRecord
{
    /// <summary><c>category/name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the file that was traced.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Inputs, as <c>x: float32[4096,393216]</c>.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>Outputs in the same form.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>Elements of parameters and buffers.</summary>
    public required long Parameters { get; init; }

    /// <summary>The cost with its derivation.</summary>
    public required SpeedOfLight Cost { get; init; }

    /// <summary>From a survey.</summary>
    public static SpeedOfLightRecord Of(TaskSurvey survey)
    {
        ArgumentNullException.ThrowIfNull(survey);
        static string Show(TensorDescription tensor) => $"{tensor.Name}: {tensor.Dtype}[{string.Join(',', tensor.Shape)}]";
        return new SpeedOfLightRecord
        {
            Name = survey.Name,
            Sha256 = survey.Sha256,
            Inputs = [.. survey.Tensors.Where(tensor => tensor.Role == TensorRole.Input).Select(Show)],
            Outputs = [.. survey.Tensors.Where(tensor => tensor.Role == TensorRole.Output).Select(Show)],
            Parameters = survey.Tensors.Where(tensor => tensor.Role is TensorRole.Parameter or TensorRole.Buffer).Sum(tensor => tensor.Numel()),
            Cost = survey.Cost,
        };
    }
}
