using System.Globalization;
using System.Security.Cryptography;
using KernelForge.Agents.Attempts;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Chat.Budgets;
using KernelForge.Agents.Evaluation;
using KernelForge.Agents.Prompts;
using KernelForge.Agents.Search;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Runs;

namespace KernelForge.Cli.Runs;

/// <summary>Searches in this process, with the evaluator as a child: what <c>run</c> does while no service is up.</summary>
internal static class LocalSearch
{
    /// <summary>Searches; what happens is told on the way.</summary>
    /// <exception cref="CliException">A name is not known, or something is not configured.</exception>
    public static async Task<RunReport> RunAsync(SearchOrder order, Surroundings surroundings, Action<RunEvent> happened, CancellationToken cancellationToken)
    {
        var prompts = Path.Combine(surroundings.Root, "prompts");
        try
        {
            using var models = AgentModels.Load(surroundings.Setting, surroundings.Root, surroundings.Home, surroundings.Time);
            var strategy = Strategies.Create(order.Strategy);
            var library = PromptLibrary.Load(prompts, PlanText.PromptText);
            await using var journal = RunFolder.Open(order.Folder);
            var team = AgentTeam.Create(strategy, order.Coder, order.Judge, models, library, new EvaluatorChild(surroundings), journal, surroundings.Time, new RunBudget { CostUsd = order.BudgetUsd });
            return await SearchRun.RunAsync(strategy, RequestOf(order, surroundings), team, journal, new Listener(happened), cancellationToken);
        }
        catch (TranscriptException error)
        {
            throw new CliException(ExitCodes.BadInput, error.Message);
        }
        catch (ArgumentException error) when (error is ModelNameException or { ParamName: "name" })
        {
            throw new CliException(ExitCodes.Usage, WithoutParameter(error));
        }
    }

    /// <summary>A new run's id: its time, and enough chance that two at once differ.</summary>
    public static string NewId(TimeProvider time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3))}");

    private static RunRequest RequestOf(SearchOrder order, Surroundings surroundings) => new()
    {
        RunId = order.RunId,
        Task = TaskBrief.FromFile(order.Task.Name, order.Task.Path) with { Flaw = order.Task.Entry?.Flaw },
        Platform = order.Platform,
        Device = order.Device,
        Home = surroundings.Home,
        Toolbox = surroundings.Toolbox,
        Folder = order.Folder,
        Solution = order.Solution,
        Tuning = order.Tuning,
        Limits = new RunLimits { Rounds = order.Rounds, CostUsd = order.BudgetUsd },
    };

    /// <summary>The message without .NET's own "(Parameter 'name')".</summary>
    private static string WithoutParameter(ArgumentException error)
    {
        var end = error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }

    private sealed class EvaluatorChild(Surroundings surroundings) : IEvaluator
    {
        public Task<EvaluatorReply> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken) =>
            surroundings.Evaluate(request, cancellationToken);
    }

    /// <summary>Tells at once, on the run's own thread; <see cref="Progress{T}"/> would tell later and out of order.</summary>
    private sealed class Listener(Action<RunEvent> happened) : IProgress<RunEvent>
    {
        public void Report(RunEvent value) => happened(value);
    }
}
