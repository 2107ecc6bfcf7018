using System.Text.Encodings.Web;
using System.Text.Json;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Judging;

/// <summary>What a Judge is asked, and its answer in the form that it is asked for.</summary>
public static class JudgeDialogue
{
    private static readonly JudgeJson Readable = new(new JsonSerializerOptions(JudgeJson.Default.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The prompt of a case.</summary>
    public static Prompt Prompt(CaseFile file, PromptLibrary prompts)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(prompts);
        return prompts.Render("judge", file.Mode, JudgeView.Of(file, prompts));
    }

    /// <summary>Advice on the speed of a solution as the answer that gives it.</summary>
    /// <param name="advice">The advice.</param>
    /// <param name="gain">The gain that was found, where the advice expected none in figures.</param>
    public static string OptimisationAnswer(JudgeAdvice advice, double gain)
    {
        ArgumentNullException.ThrowIfNull(advice);
        return JsonSerializer.Serialize(
            new OptimisationAnswer { Bottleneck = advice.Issue, OptimisationMethod = advice.Reason, ModificationPlan = advice.Fix, ExpectedGain = advice.ExpectedGain ?? Math.Round(gain, 2) },
            Readable.OptimisationAnswer);
    }
}
