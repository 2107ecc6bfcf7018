using KernelForge.Cli.Eval;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Outcomes;
using KernelForge.Contracts.Runs;
using Spectre.Console;

namespace KernelForge.Cli.Runs;

/// <summary>A run for a person, line by line while it goes on: no line is ever redrawn.</summary>
internal sealed class RunView(Screen screen)
{
    private readonly Dictionary<int, string> _modes = [];

    /// <summary>Shows one event.</summary>
    public void Show(RunEvent happened)
    {
        switch (happened)
        {
            case RunStarted started:
                var judge = started.Judge is { } name ? $", Judge {name}" : "";
                screen.Line($"[bold]{Markup.Escape(started.Task)}[/]  {Markup.Escape($"{started.Strategy}, Coder {started.Coder}{judge}, at most {started.Rounds} rounds")}");
                break;
            case RoundStarted round:
                _modes[round.Round] = round.Mode;
                break;
            case Evaluated evaluated:
                ShowRound(evaluated);
                break;
            case Improved { Gain: { } gain }:
                screen.Line($"           [green]best so far[/], {Figures.Factor(gain)} as fast as the best before");
                break;
            case Improved:
                screen.Line("           [green]first that passed[/]");
                break;
            case Advised { Advice: var advice } advised:
                var about = advised.About == advised.Round ? "" : $", back to round {advised.About}";
                var fallback = advice.FallbackReason is { } reason ? $"; the model's own was not usable: {reason}" : "";
                screen.Line($"           advice ({Markup.Escape(advice.Source + about + fallback)}): {Markup.Escape(advice.Issue)}");
                screen.Line($"             {Markup.Escape(advice.Fix)}");
                break;
            case Stopped stopped:
                screen.Line($"  stopped: {Markup.Escape(stopped.Message)}");
                break;
        }
    }

    /// <summary>Shows how it ended, and where to see more.</summary>
    public void ShowEnd(RunReport report, string where)
    {
        screen.Line();
        if (report.Best is { } best)
        {
            var time = best.LatencyMs is { } ms ? $", {Figures.Ms(ms)}" : "";
            var speedup = best.SpeedupFactor is { } factor ? $", speed-up {Figures.Factor(factor)}" : "";
            screen.Line($"best: [bold]{best.SolutionSha256[..12]}[/]{time}{speedup}");
        }
        else
        {
            screen.Line("best: none passed");
        }

        var usage = report.Usage;
        var cost = usage.CostUsd is { } usd ? $", {usd:0.####} US dollars" : "";
        screen.Line($"models: {usage.Calls} calls, {Figures.Count(usage.InputTokens)} tokens in, {Figures.Count(usage.OutputTokens)} out{cost}");
        screen.Line(Markup.Escape(where));
    }

    private void ShowRound(Evaluated evaluated)
    {
        var outcome = evaluated.Outcome;
        screen.Line($"  round {evaluated.Round,-3} {_modes.GetValueOrDefault(evaluated.Round, ""),-12} {OutcomeView.StatusMarkup(outcome)}  {Markup.Escape(Evidence(outcome))}");
        if (evaluated.AdviceOutcome is { } came)
        {
            screen.Line($"           the advice: {Markup.Escape(came.Replace('_', ' '))}");
        }

        if (outcome.Performance?.LimitedBy is { } limit)
        {
            screen.Line($"           limited by {Markup.Escape(limit)}");
        }
    }

    private static string Evidence(EvaluationOutcome outcome)
    {
        if (outcome.Performance is { } performance)
        {
            var light = performance.SpeedOfLightFraction is { } fraction ? $", {Figures.Percent(fraction)} of the speed of light" : "";
            var speedup = performance.SpeedupFactor is { } factor ? $", {Figures.Factor(factor)} {performance.Baseline}" : "";
            return $"{Figures.Ms(performance.LatencyMs)} {performance.Kind}{light}{speedup}";
        }

        return outcome is Passed && outcome.PerformanceNote is { } note ? $"no time: {note}" : outcome.Message;
    }
}
