using System.CommandLine;
using System.Text.Json;
using KernelForge.Cli.Eval;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Service;

/// <summary><c>submit</c>: hands one solution to the service, and with <c>--wait</c> shows the verdict as <c>eval</c> does.</summary>
internal static class SubmitVerb
{
    private const int Limit = 1 << 20;

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var task = new Argument<string>("TASK") { Description = "A name, kernelbench:L1/26, or a path to a .py file, which is handed over too" };
        var solution = new Argument<string>("SOLUTION") { Description = "A path, or - for standard input" };
        var platform = new Option<string>("--platform") { Description = "sim", HelpName = "P", DefaultValueFactory = _ => "sim" };
        var device = new Option<string?>("--device") { Description = "A GPU or, on sim, a GPU profile; default: the platform's", HelpName = "D" };
        var preset = new Option<string?>("--preset") { Description = "Only this preset: correctness, no ranked time", HelpName = "S" };
        var wait = new Option<bool>("--wait") { Description = "Wait for the verdict and show it; the exit code is that of eval" };
        var json = ServiceOptions.Json();
        platform.Validators.Add(OptionChecks.Platform);
        var command = new Command("submit", "Hands one solution to the service") { task, solution, platform, device, preset, wait, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var file = await SolutionFile.OpenAsync(result.GetRequiredValue(solution), surroundings, cancellationToken);
            var code = await ReadAsync(file.Path, cancellationToken);
            using var client = await ServiceLocation.NeedAsync(surroundings, cancellationToken);
            SubmissionOrder order = new()
            {
                Task = await ServiceTasks.NameOfAsync(client, result.GetRequiredValue(task), surroundings, cancellationToken),
                Code = code,
                Platform = result.GetRequiredValue(platform),
                Device = result.GetValue(device),
                Preset = result.GetValue(preset),
            };
            var accepted = await client.AskAsync(api => api.SubmitAsync(order, cancellationToken), cancellationToken);
            if (!result.GetValue(wait))
            {
                await PrintAsync(accepted, result.GetValue(json), surroundings);
                return ExitCodes.Done;
            }

            var ended = await SubmissionView.FollowAsync(client, accepted.Id, surroundings, cancellationToken);
            return await SubmissionView.PrintAsync(ended, code.ReplaceLineEndings("\n").Split('\n'), result.GetValue(json), surroundings);
        });
        return command;
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var length = new FileInfo(path).Length;
        return length <= Limit
            ? await ServiceTasks.ReadTextAsync(path, cancellationToken)
            : throw new CliException(ExitCodes.BadInput, $"{path}: expected a solution of at most {Limit} bytes, found {length}");
    }

    private static async Task PrintAsync(Accepted accepted, bool json, Surroundings surroundings)
    {
        if (json)
        {
            await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(accepted, ReadableJson.Context.Accepted));
            return;
        }

        await surroundings.Out.WriteLineAsync(accepted.Id.ToString());
        await surroundings.Error.WriteLineAsync($"kernelforge: {accepted.Status}; ./kernelforge watch {accepted.Id} shows what becomes of it");
    }
}
