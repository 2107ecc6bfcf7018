using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KernelForge.Api.Features.Datasets;
using KernelForge.Cli.Service;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Spectre.Console;

namespace KernelForge.Cli.Datasets;

/// <summary><c>dataset</c>: attempts as training data.</summary>
internal static class DatasetVerb
{
    private const int Latest = 50;

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings) => new("dataset", "attempts as training data: export, list, show, verify")
    {
        Export(surroundings),
        List(surroundings),
        Show(surroundings),
        Verify(surroundings),
    };

    private static Command Export(Surroundings surroundings)
    {
        var recipe = new Option<string>("--recipe") { Description = "Which attempts: concur, within-epsilon, all-correct, preference, repair, judge", HelpName = "R", Required = true };
        var format = new Option<string>("--format") { Description = "canonical (every attempt with all that is known of it), or what the recipe selects: sft, completion, dpo, kto, sharegpt, verl, alpaca", HelpName = "F", Required = true };
        var output = new Option<string>("--output") { Description = "A new or empty folder", HelpName = "DIR", Required = true };
        var include = new Option<string?>("--include") { Description = "Attempts that no live model made: replay, simulated, or both with a comma", HelpName = "K,…" };
        var parameters = new Option<string[]>("--param") { Description = "A parameter of the recipe: epsilon=0.1; can be given several times", HelpName = "NAME=N", Arity = ArgumentArity.ZeroOrMore };
        var keepBenchmark = new Option<bool>("--keep-benchmark") { Description = "Keep attempts on tasks that are, or nearly are, KernelBench's" };
        var gzip = new Option<bool>("--gzip") { Description = "Compress the data files" };
        var json = ServiceOptions.Json("The manifest as one JSON document");
        var command = new Command("export", "Writes a dataset: data files, a card, a manifest with checksums") { recipe, parameters, format, output, include, keepBenchmark, gzip, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            DatasetOrder order = new()
            {
                Recipe = result.GetRequiredValue(recipe),
                RecipeParameters = Parameters(result.GetValue(parameters) ?? []),
                Format = result.GetRequiredValue(format),
                KeepBenchmark = result.GetValue(keepBenchmark),
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

    private static Dictionary<string, double> Parameters(IReadOnlyList<string> given)
    {
        Dictionary<string, double> parameters = new(StringComparer.Ordinal);
        foreach (var text in given)
        {
            if (text.Split('=') is not [{ Length: > 0 } name, var value] || !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            {
                throw new CliException(ExitCodes.Usage, $"--param: expected a name and a number, as epsilon=0.1, found '{text}'");
            }

            if (!parameters.TryAdd(name, number))
            {
                throw new CliException(ExitCodes.Usage, $"--param: '{name}' is given twice");
            }
        }

        return parameters;
    }

    private static Command List(Surroundings surroundings)
    {
        var json = ServiceOptions.Json();
        var command = new Command("list", $"The latest {Latest} exports of the service") { json };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var service = await SomeService.GetAsync(surroundings, workers: 0, cancellationToken);
            var datasets = await service.Client.AskAsync(api => api.DatasetsAsync(Latest, cancellationToken), cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(datasets, ReadableJson.Context.ListingDatasetStatus));
            }
            else
            {
                DatasetView.WriteList(surroundings.NewScreen(), datasets.Items);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show(Surroundings surroundings)
    {
        var id = new Argument<Guid>("ID") { Description = "Of an export, as list has it" };
        var json = ServiceOptions.Json("The export with its manifest as one JSON document");
        var command = new Command("show", "An export: what was ordered, how many attempts came how far, and why the others did not") { id, json };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var service = await SomeService.GetAsync(surroundings, workers: 0, cancellationToken);
            var dataset = await service.Client.AskAsync(api => api.DatasetAsync(result.GetRequiredValue(id), cancellationToken), cancellationToken);
            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(dataset, ReadableJson.Context.DatasetStatus));
            }
            else
            {
                DatasetView.Write(surroundings.NewScreen(), dataset);
            }

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
