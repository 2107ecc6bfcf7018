using System.CommandLine;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Outcomes;

namespace KernelForge.Cli.Eval;

/// <summary><c>eval</c>: judges one solution in a child process; no service, no database.</summary>
internal static class EvalVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var task = new Argument<string>("TASK") { Description = "A name, a path to a .py file, or kernelbench:L1/26" };
        var solution = new Argument<string>("SOLUTION") { Description = "A path, or - for standard input" };
        var platform = new Option<string>("--platform") { Description = "sim", HelpName = "P", DefaultValueFactory = _ => "sim" };
        var device = new Option<string?>("--device") { Description = "A GPU or, on sim, a GPU profile; default: the platform's", HelpName = "D" };
        var preset = new Option<string?>("--preset") { Description = "Only this preset: correctness, no ranked time", HelpName = "S" };
        var profile = new Option<bool>("--profile") { Description = "All metrics and hot lines of every kernel" };
        var trials = new Option<int?>("--trials") { Description = "Trials a preset, at least 5", HelpName = "N" };
        var seed = new Option<ulong?>("--seed") { Description = "Seed of the trials; default: secret seeds of this installation", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var unsafeNoSandbox = new Option<bool>("--unsafe-no-sandbox") { Description = "Run the task and the compiler without a sandbox" };
        trials.Validators.Add(result => OptionChecks.InRange(result, "--trials", 5, 1000));
        platform.Validators.Add(OptionChecks.Platform);

        var command = new Command("eval", "Judges one solution: compiles it, checks it against PyTorch, models its time")
        {
            task, solution, platform, device, preset, profile, trials, seed, json, unsafeNoSandbox,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var file = TaskSuite.Load(surroundings.Root, surroundings.Home).Find(result.GetRequiredValue(task));
            using var text = await SolutionFile.OpenAsync(result.GetRequiredValue(solution), surroundings, cancellationToken);
            var request = new EvaluationRequest
            {
                TaskPath = file.Path,
                TaskName = file.Name,
                TaskFlaw = file.Entry?.Flaw,
                SolutionPath = text.Path,
                Platform = result.GetRequiredValue(platform),
                Device = result.GetValue(device),
                Preset = result.GetValue(preset),
                Profile = result.GetValue(profile),
                Trials = result.GetValue(trials),
                Seed = result.GetValue(seed),
                UnsafeNoSandbox = result.GetValue(unsafeNoSandbox),
                Home = surroundings.Home,
                Toolbox = surroundings.Toolbox,
            };
            var outcome = await JudgeAsync(request, surroundings, cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(System.Text.Json.JsonSerializer.Serialize(outcome, ReadableJson.Context.EvaluationOutcome));
            }
            else
            {
                OutcomeView.Write(surroundings.NewScreen(), outcome, await text.ReadLinesAsync(cancellationToken), result.GetValue(profile));
            }

            return outcome is Passed ? ExitCodes.Done : ExitCodes.NotPassed;
        });
        return command;
    }

    private static async Task<EvaluationOutcome> JudgeAsync(EvaluationRequest request, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var reply = await surroundings.Evaluate(request, cancellationToken);
        return reply.Outcome
            ?? throw new CliException(reply.Fault?.ExitCode ?? ExitCodes.Fault, reply.Fault?.Message ?? "the evaluator's reply holds neither an outcome nor a fault");
    }
}
