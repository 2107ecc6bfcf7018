using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Chat.Budgets;
using KernelForge.Agents.Coding;
using KernelForge.Agents.Evaluation;
using KernelForge.Agents.Judging;
using KernelForge.Agents.Prompts;

namespace KernelForge.Agents.Search;

/// <summary>Who works on a run.</summary>
/// <param name="Coder">Writes.</param>
/// <param name="Judge">Advises; null where the strategy has none.</param>
/// <param name="Evaluator">Judges.</param>
/// <param name="Time">The clock.</param>
public sealed record AgentTeam(Coder Coder, IJudge? Judge, IEvaluator Evaluator, TimeProvider Time)
{
    /// <summary>Everyone who can write, <see cref="Coder"/> first; several only where a strategy chooses between them.</summary>
    public IReadOnlyList<Coder> Coders { get; init; } = [Coder];

    /// <summary>A team by the names that users give.</summary>
    /// <param name="strategy">The strategy that it works for.</param>
    /// <param name="coder">The Coder's model; for a portfolio several, with commas between.</param>
    /// <param name="judge">The Judge's model, or <c>rules</c>; not read where the strategy has no Judge.</param>
    /// <param name="models">Makes models.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="evaluator">Judges solutions.</param>
    /// <param name="journal">Keeps what models answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="budget">What the run may spend; null: what the settings say.</param>
    /// <exception cref="ModelNameException">A name is not known.</exception>
    /// <exception cref="ModelSetupException">Something is not configured.</exception>
    /// <exception cref="TranscriptException">A transcript cannot be read.</exception>
    public static AgentTeam Create(
        Strategy strategy, string coder, string judge, AgentModels models, PromptLibrary prompts, IEvaluator evaluator, IRunJournal journal, TimeProvider time,
        RunBudget? budget = null)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        ArgumentNullException.ThrowIfNull(models);
        var sampling = models.SamplingOf("coder", Coder.DefaultSampling);
        var writers = strategy.ModelsOf(coder).Select(name => new Coder(Model(name), prompts, sampling)).ToList();
        return new AgentTeam(writers[0], strategy.UsesJudge ? JudgeOf() : null, evaluator, time) { Coders = writers };

        AgentModel Model(ModelName name) => strategy.UsesModels ? models.Create(name, journal, budget) : AgentModel.Nobody(name);

        IJudge JudgeOf()
        {
            var name = ModelName.Parse(judge);
            var rules = new RuleJudge();
            return name.Source == ModelSource.Rules ? rules : new ModelJudge(models.Create(name, journal, budget), prompts, models.SamplingOf("judge", Coder.DefaultSampling), rules);
        }
    }
}
