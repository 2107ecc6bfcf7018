using System.CommandLine;
using System.Globalization;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Service;

/// <summary><c>serve</c>: REST, pages and workers in this process, until it is interrupted.</summary>
internal static class ServeVerb
{
    /// <summary>Where it listens unless told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var urls = new Option<string>("--urls") { Description = $"Where to listen, ; between several; default: {DefaultUrl}", HelpName = "U", DefaultValueFactory = _ => DefaultUrl };
        var workers = ServiceOptions.Workers(lowest: 0);
        urls.Validators.Add(result =>
        {
            foreach (var other in result.Tokens.SelectMany(token => token.Value.Split(';')).Where(url => !IsAddress(url)))
            {
                result.AddError($"--urls: expected an address such as {DefaultUrl}, ; between several, found '{other}'");
            }
        });
        var command = new Command("serve", "The service: REST, pages and workers, until it is interrupted") { urls, workers };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var service = await LocalService.StartAsync(
                surroundings, result.GetRequiredValue(urls), result.GetValue(workers) ?? ServiceOptions.DefaultWorkers, ["sim"], cancellationToken);
            await service.AnnounceAsync(cancellationToken);
            await surroundings.Out.WriteLineAsync(service.Address.ToString());
            await surroundings.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"kernelforge: ready after {LocalService.SinceStart(surroundings.Time).TotalSeconds:0.0} s; Ctrl-C stops it"));
            await service.RunAsync(cancellationToken);
            await surroundings.Error.WriteLineAsync("kernelforge: stopping; work that is under way is given back and goes on when a worker starts");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>An address to listen on: <c>*</c> and <c>+</c> stand for every interface.</summary>
    private static bool IsAddress(string url) =>
        Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var address)
        && address.Scheme is ("http" or "https");
}
