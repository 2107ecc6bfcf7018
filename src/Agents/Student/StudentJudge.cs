using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using KernelForge.Agents.Judging;
using KernelForge.Agents.Search;

namespace KernelForge.Agents.Student;

/// <summary>The student as a Judge: the first bottleneck that it is shown, or the mistake that the evidence speaks of, as the JSON that is asked for.</summary>
internal sealed partial class StudentJudge(StudentSkill skill)
{
    /// <summary>Its answer.</summary>
    public string Answer(StudentPrompt prompt, Dice dice) =>
        dice.Chance(skill.WrongForm) ? "The kernel should be improved." : prompt.JudgeMode == RoundModes.Correction ? Correction(prompt, dice) : Optimisation(prompt, dice);

    private static string Correction(StudentPrompt prompt, Dice dice)
    {
        var evidence = prompt.Evidence.ToLowerInvariant();
        var bug = Bug.All.FirstOrDefault(each => each.Symptoms.Any(symptom => evidence.Contains(symptom, StringComparison.Ordinal))) ?? dice.Pick(Bug.All);
        return Json(
            ("critical_issue", AdviceLimits.Cut(bug.Cure, AdviceLimits.CriticalIssue)),
            ("why_it_matters", AdviceLimits.Cut($"The evaluator's evidence speaks of {bug.Symptoms[0]}.", AdviceLimits.WhyItMatters)),
            ("minimal_fix_hint", AdviceLimits.Cut($"Look for {string.Join(", ", bug.Symptoms)} and repair only that.", AdviceLimits.MinimalFixHint)));
    }

    private static string Optimisation(StudentPrompt prompt, Dice dice)
    {
        var shown = Bottleneck().Match(prompt.Text);
        var move = dice.Pick(Move.All);
        var (what, method, gain) = shown.Success
            ? (shown.Groups["rule"].Value, shown.Groups["rest"].Value, shown.Groups["gain"].Value)
            : ("nothing stands out", move.Why, "1.1");
        return Json(
            ("bottleneck", AdviceLimits.Cut(what, AdviceLimits.Bottleneck)),
            ("optimisation_method", AdviceLimits.Cut(method, AdviceLimits.OptimisationMethod - 1)),
            ("modification_plan", AdviceLimits.Cut(shown.Success ? method : string.Join(", ", move.Words), AdviceLimits.ModificationPlan - 1)),
            ("expected_gain", Math.Clamp(double.Parse(gain, CultureInfo.InvariantCulture), 1, 1000)));
    }

    private static string Json(params (string Name, object Value)[] members)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                if (value is double number)
                {
                    writer.WriteNumber(name, number);
                }
                else
                {
                    writer.WriteString(name, (string)value);
                }
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    [GeneratedRegex(@"^- [^:\n]+: (?<rule>[a-z_0-9 ]+), the kernel would be (?<gain>[\d.]+) times as fast without it\. (?<rest>[^(\n]*)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Bottleneck();
}
