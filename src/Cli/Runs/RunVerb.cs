using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Service;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Runs;

/// <summary><c>run</c>: a search by agents over rounds, through the service when one is up, else in this process.</summary>
internal static class RunVerb
{
    private const string CoderSetting = "KERNELFORGE_CODER";

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var task = new Argument<string>("TASK") { Description = "A name, a path to a .py file, or kernelbench:L1/26" };
        var strategy = new Option<string>("--strategy") { Description = "How to search", HelpName = "S", DefaultValueFactory = _ => "coder-judge" };
        var coder = new Option<string?>("--coder") { Description = $"Who writes: openai:MODEL, anthropic:MODEL, azure:DEPLOYMENT, compatible:NAME/MODEL, replay:TRANSCRIPT or simulated:student; default: {CoderSetting}", HelpName = "M" };
        var judge = new Option<string>("--judge") { Description = "Who advises: a model as above, or rules", HelpName = "M", DefaultValueFactory = _ => "rules" };
        var solution = new Option<string?>("--solution") { Description = "tune: the solution whose tunables are tried", HelpName = "FILE" };
        var tuning = new Option<string>("--tuning") { Description = "tune: exhaustive, random or halving", HelpName = "M", DefaultValueFactory = _ => "exhaustive" };
        var rounds = new Option<int>("--rounds") { Description = "Most rounds", HelpName = "N", DefaultValueFactory = _ => 5 };
        var platform = new Option<string>("--platform") { Description = "sim", HelpName = "P", DefaultValueFactory = _ => "sim" };
        var device = new Option<string?>("--device") { Description = "A GPU or, on sim, a GPU profile; default: the platform's", HelpName = "D" };
        var budget = new Option<decimal?>("--budget-usd") { Description = "Most money that models may cost", HelpName = "X" };
        var save = new Option<string?>("--save") { Description = "Folder for every round's solution, round-N.cu", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "One JSON document; rounds are shown on standard error" };
        var local = new Option<bool>("--local") { Description = "In this process, even where a service is up" };
        rounds.Validators.Add(result => OptionChecks.InRange(result, "--rounds", 1, 1000));
        platform.Validators.Add(OptionChecks.Platform);
        tuning.AcceptOnlyFromAmong("exhaustive", "random", "halving");
        budget.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<decimal?>() is <= 0)
            {
                result.AddError("--budget-usd: expected more than 0; a search without models is --strategy tune");
            }
        });

        var command = new Command("run", "A search: a Coder writes, the evaluator judges, a Judge advises, over rounds")
        {
            task, strategy, coder, judge, solution, tuning, rounds, platform, device, budget, save, json, local,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var id = LocalSearch.NewId(surroundings.Time);
            var given = result.GetRequiredValue(strategy) == "tune" ? await GivenAsync(result.GetValue(solution), cancellationToken) : null;
            var localOnly = result.GetRequiredValue(tuning) != "exhaustive";
            var order = new SearchOrder
            {
                RunId = id,
                Folder = FolderOf(id, surroundings),
                Task = TaskSuite.Load(surroundings.Root, surroundings.Home).Find(result.GetRequiredValue(task)),
                Strategy = result.GetRequiredValue(strategy),
                Coder = given is null ? result.GetValue(coder) ?? ConfiguredCoder(surroundings) : $"solution:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(given)))}",
                Solution = given,
                Tuning = new TuningOrder { Method = result.GetRequiredValue(tuning) },
                Judge = result.GetRequiredValue(judge),
                Rounds = result.GetValue(rounds),
                Platform = result.GetRequiredValue(platform),
                Device = result.GetValue(device),
                BudgetUsd = result.GetValue(budget),
            };
            var asJson = result.GetValue(json);
            var view = new RunView(asJson ? new Screen(surroundings.Error, colours: false, Screen.Unbounded) : surroundings.NewScreen());
            using var client = result.GetValue(local) || localOnly ? null : await ServiceLocation.FindAsync(surroundings, cancellationToken);
            var status = client is null ? null : await InServiceAsync(client, order, view, surroundings, cancellationToken);
            var report = status?.Report ?? await surroundings.Search(order, surroundings, view.Show, cancellationToken);
            if (result.GetValue(save) is { } folder)
            {
                await SaveAsync(report, folder, cancellationToken);
            }

            if (asJson)
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(report, ReadableJson.Context.RunReport));
            }
            else
            {
                view.ShowEnd(report, client is null ? $"attempts: {order.AttemptsPath}" : $"page: {client.Page($"runs/{report.RunId}")}");
            }

            if (status is not null)
            {
                await SayFailureAsync(status, surroundings);
                return ExitCodeOf(status);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return ExitCodeOf(report);
        });
        return command;
    }

    /// <summary>A run's folder in the data folder.</summary>
    public static string FolderOf(string runId, Surroundings surroundings) => Path.Combine(surroundings.Home, "runs", runId);

    /// <summary>The exit code of a run in the service: as below, and something missing where it could not be done.</summary>
    public static int ExitCodeOf(RunStatus run) => run is { Status: "failed", Report.Best: null } ? ExitCodes.Missing : ExitCodeOf(run.Report);

    /// <summary>Says why a run in the service could not be done.</summary>
    public static async Task SayFailureAsync(RunStatus run, Surroundings surroundings)
    {
        if (run.Status is "failed" or "cancelled")
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: run {run.Id} {run.Status}{(run.Failure is { } why ? $": {why}" : "")}");
        }
    }

    /// <summary>Searches in the service that is up. An interrupt ends the watching, not the search.</summary>
    private static async Task<RunStatus> InServiceAsync(ServiceClient client, SearchOrder order, RunView view, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var id = await ServiceSearch.StartAsync(client, order, cancellationToken);
        await surroundings.Error.WriteLineAsync($"kernelforge: run {id} in the service at {client.Address} (--local runs it in this process)");
        try
        {
            return await ServiceSearch.FollowAsync(client, id, view.Show, surroundings.Time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: the run goes on in the service: ./kernelforge watch {id}, ./kernelforge cancel {id}");
            throw;
        }
    }

    private static async Task<string> GivenAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            throw new CliException(ExitCodes.Usage, "--strategy tune asks no model: pass the solution to tune by --solution FILE");
        }

        return File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : throw new CliException(ExitCodes.BadInput, $"--solution: there is no file {path}");
    }

    private static string ConfiguredCoder(Surroundings surroundings) => surroundings.Setting(CoderSetting) is { Length: > 0 } name
        ? name
        : throw new CliException(ExitCodes.Missing, $"who writes is not known: pass --coder openai:MODEL, anthropic:MODEL, azure:DEPLOYMENT, compatible:NAME/MODEL or replay:TRANSCRIPT, or set {CoderSetting}");

    /// <summary>0: something passed; 1: nothing did; the fault's code where a fault ended it.</summary>
    private static int ExitCodeOf(RunReport report) => report switch
    {
        { Best: not null } => ExitCodes.Done,
        { Fault: { } fault } => fault.ExitCode,
        _ => ExitCodes.NotPassed,
    };

    private static async Task SaveAsync(RunReport report, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var round in report.Rounds)
        {
            if (round.Code is { } code)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, $"round-{round.Number}.cu"), code, cancellationToken);
            }
        }
    }
}
