using System.CommandLine;
using System.Text.Json;
using KernelForge.Api.Features.Datasets;
using KernelForge.Cli.Service;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Spectre.Console;

namespace KernelForge.Cli.Datasets;

/// <summary><c>dataset export</c> and <c>dataset verify</c>: attempts as training data.</summary>
internal static class DatasetVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings) => new("dataset", "attempts as training data: export, verify")
    {
        Export(surroundings),
        Verify(surroundings),
    };

    private static Command Export(Surroundings surroundings)
    {
        var recipe = new Option<string>("--recipe") { Description = "Which attempts: all-correct", HelpName = "R", Required = true };
        var format = new Option<string>("--format") { Description = "sft (messages) or canonical (every attempt with all that is known of it)", HelpName = "F", Required = true };
        var output = new Option<string>("--output") { Description = "A new or empty folder", HelpName = "DIR", Required = true };
        var include = new Option<string?>("--include") { Description = "Attempts that no live model made: replay, simulated, or both with a comma", HelpName = "K,…" };
        var gzip = new Option<bool>("--gzip") { Description = "Compress the data files" };
        var json = ServiceOptions.Json("The manifest as one JSON document");
        var command = new Command("export", "Writes a dataset: data files, a card, a manifest with checksums") { recipe, format, output, include, gzip, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            DatasetOrder order = new()
            {
                Recipe = result.GetRequiredValue(recipe),
                Format = result.GetRequiredValue(format),
                Include = (result.GetValue(include) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                Gzip = result.GetValue(gzip),
            };
            var folder = Path.GetFullPath(result.GetRequiredValue(output));
            await using var service = await SomeService.GetAsync(surroundings, workers: 0, cancellationToken);
            var manifest = await DatasetExport.FetchAsync(service.Client, order, folder, surroundings.Time, cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(manifest, ReadableJson.Context.DatasetManifest));
                return ExitCodes.Done;
            }

            await surroundings.Out.WriteLineAsync(folder);
            await surroundings.Error.WriteLineAsync($"kernelforge: {DatasetView.Summary(manifest)}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Verify(Surroundings surroundings)
    {
        var folder = new Argument<string>("DIR") { Description = "A folder that dataset export wrote" };
        var json = ServiceOptions.Json();
        var command = new Command("verify", "Whether a dataset is what was exported: files, rows, hashes, counts") { folder, json };
        command.SetAction(async (result, _) =>
        {
            var path = result.GetRequiredValue(folder);
            if (!Directory.Exists(path))
            {
                throw new CliException(ExitCodes.BadInput, $"there is no folder {path}");
            }

            var found = DatasetVerifier.Verify(path);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(found, ReadableJson.Context.DatasetVerification));
            }
            else
            {
                var screen = surroundings.NewScreen();
                foreach (var problem in found.Problems)
                {
                    screen.Text(problem.ToString());
                }

                screen.Line(found.Intact
                    ? $"intact: {found.Files} files, {found.Rows} rows; every row's code is byte for byte what was judged"
                    : $"[red]not intact[/]: {found.Problems.Count} problems in {Markup.Escape(found.Folder)}");
            }

            return found.Intact ? ExitCodes.Done : ExitCodes.NotPassed;
        });
        return command;
    }
}
