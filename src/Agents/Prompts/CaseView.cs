using KernelForge.Agents.Search;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Tasks;

namespace KernelForge.Agents.Prompts;

/// <summary>A case as the templates read it: names to strings, lists and nested names.</summary>
internal static class CaseView
{
    /// <summary>What <c>sim</c> assumes where no device is named (EvaluationRequest.Device).</summary>
    private const string SimDefaultDevice = "H200";

    private static readonly string[] PresetOrder = ["full", "small", "odd"];

    public static Dictionary<string, object?> Of(CaseFile file, PromptLibrary prompts)
    {
        var example = prompts.Examples.For(file.Task.Name, file.Task.Category);
        var basis = file.Basis;
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["planReference"] = prompts.PlanReference.Trim(),
            ["task"] = TaskView(file.Task),
            ["platform"] = prompts.PlatformNotes(file.Platform),
            ["device"] = prompts.DeviceNotes(file.Device ?? basis?.Outcome.Environment.Device ?? (file.Platform == "sim" ? SimDefaultDevice : null)),
            ["example"] = example is null ? null : new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = example.TaskName, ["code"] = example.Code.Trim() },
            ["basis"] = AttemptView(basis),
            ["second"] = AttemptView(file.Second),
            ["best"] = file.Best is { } best && best.Round != basis?.Round ? AttemptView(best) : null,
            ["latest"] = file.Latest is { Code: not null } latest && latest.Round != basis?.Round ? AttemptView(latest) : null,
            ["evidence"] = basis is null ? null : EvidenceText.Describe(basis.Outcome),
            ["failed"] = file.Latest is { Code: null } unusable ? unusable.Outcome.Message : null,
            ["advice"] = file.Advice is not { } advice ? null : new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["issue"] = advice.Issue,
                ["reason"] = advice.Reason,
                ["fix"] = advice.Fix,
            },
            ["history"] = file.History.Count > 1 ? EvidenceText.History(file.History) : null,
        };
    }

    private static Dictionary<string, object?>? AttemptView(AttemptRecord? attempt) => attempt is null ? null : new(StringComparer.Ordinal)
    {
        ["round"] = attempt.Round,
        ["code"] = attempt.Code?.TrimEnd(),
        ["time"] = EvidenceText.Time(attempt.Outcome),
        ["verdict"] = EvidenceText.Verdict(attempt.Outcome),
    };

    private static Dictionary<string, object?> TaskView(TaskBrief task) => new(StringComparer.Ordinal)
    {
        ["name"] = task.Name,
        ["source"] = task.Source.Trim(),
        ["tensors"] = task.Description is null ? null : Tensors(task.Description),
        ["symbols"] = task.Description is null ? null : Symbols(task.Description),
    };

    private static List<Dictionary<string, object?>> Tensors(TaskDescription description)
    {
        var presets = PresetOrder.Where(description.Presets.ContainsKey).ToList();
        if (presets.Count == 0)
        {
            return [];
        }

        List<Dictionary<string, object?>> rows = [];
        foreach (var tensor in description.Presets[presets[0]].Tensors)
        {
            var others = presets.Skip(1).Select(preset => description.Presets[preset].Tensors.FirstOrDefault(other => other.Name == tensor.Name) is { } other
                ? $"{preset} {Shape(other)}" : null).OfType<string>();
            rows.Add(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["name"] = tensor.Name,
                ["role"] = tensor.Role.ToString().ToLowerInvariant(),
                ["dtype"] = tensor.Dtype,
                ["shape"] = Shape(tensor),
                ["others"] = string.Join(", ", others),
                ["note"] = Note(tensor),
            });
        }

        return rows;
    }

    private static string? Note(TensorDescription tensor) =>
        tensor.AliasOf is { } alias ? $"shares the storage of `{alias}`"
        : tensor is { Writable: true, Checked: true, Role: not TensorRole.Output } ? "you must update it"
        : tensor is { Writable: true, Role: not TensorRole.Output } ? "you may write it"
        : null;

    private static string Shape(TensorDescription tensor) => $"[{string.Join(", ", tensor.Shape)}]";

    private static string? Symbols(TaskDescription description)
    {
        var preset = description.Presets.GetValueOrDefault("full") ?? description.Presets.Values.FirstOrDefault();
        if (preset is null)
        {
            return null;
        }

        var symbols = preset.Constants.OrderBy(constant => constant.Key, StringComparer.Ordinal).Select(constant => $"`{constant.Key}` = {constant.Value}")
            .Concat(preset.Init.Select(init => $"`init.{init.Key}` = {init.Value.GetRawText()}"))
            .Concat(preset.Scalars.Select(scalar => $"`{scalar.Key}` = {scalar.Value.GetRawText()}"));
        return string.Join(", ", symbols) is { Length: > 0 } text ? text : null;
    }
}
