using System.CommandLine;
using System.Globalization;
using KernelForge.Api.Features.Keys;
using KernelForge.Cli.Json;
using KernelForge.Cli.Terminal;
using Spectre.Console;

namespace KernelForge.Cli.Service;

/// <summary><c>key create|list|revoke</c>: keys for callers from other machines. They lie in the database itself: who can reach that needs no key.</summary>
internal static class KeyVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings) =>
        new("key", "API keys, which callers from other machines need: create, list, revoke") { Make(surroundings), List(surroundings), Revoke(surroundings) };

    private static Command Make(Surroundings surroundings)
    {
        var name = new Argument<string>("NAME") { Description = "Who has it, for people" };
        var scopes = new Option<string>("--scopes") { Description = "What it allows, comma between several: read, submit, admin", HelpName = "S", Required = true };
        var create = new Command("create", "Makes a key, and prints it once: only its hash is kept") { name, scopes };
        create.SetAction(async (result, cancellationToken) =>
        {
            var wanted = result.GetRequiredValue(scopes).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var key = await LocalService.WithKeysAsync(surroundings, settings => ApiKeys.CreateAsync(settings, result.GetRequiredValue(name), wanted, cancellationToken));
            await surroundings.Out.WriteLineAsync(key);
            await surroundings.Error.WriteLineAsync("kernelforge: this is the only time that it is shown; callers send it as Authorization: Bearer KEY, this program as KERNELFORGE_API_KEY");
            return ExitCodes.Done;
        });
        return create;
    }

    private static Command List(Surroundings surroundings)
    {
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var list = new Command("list", "Every key that was made: who has it, what it allows, whether it was revoked") { json };
        list.SetAction(async (result, cancellationToken) =>
        {
            var keys = await LocalService.WithKeysAsync(surroundings, settings => ApiKeys.ListAsync(settings, cancellationToken));
            if (result.GetValue(json))
            {
                await JsonOutput.WriteAsync(surroundings.Out, keys, context => context.IReadOnlyListApiKey);
            }
            else
            {
                Print(surroundings.NewScreen(), keys);
            }

            return ExitCodes.Done;
        });
        return list;
    }

    private static Command Revoke(Surroundings surroundings)
    {
        var which = new Argument<string>("KEY") { Description = "Its name, or its id where several have the name (key list)" };
        var revoke = new Command("revoke", "Revokes a key: the next request with it is refused") { which };
        revoke.SetAction(async (result, cancellationToken) =>
        {
            var key = await LocalService.WithKeysAsync(surroundings, settings => ApiKeys.RevokeAsync(settings, result.GetRequiredValue(which), cancellationToken));
            await surroundings.Error.WriteLineAsync($"kernelforge: the key of {key.Name} ({key.Id}) is revoked");
            return ExitCodes.Done;
        });
        return revoke;
    }

    private static void Print(Screen screen, IReadOnlyList<ApiKey> keys)
    {
        if (keys.Count == 0)
        {
            screen.Line("nobody has a key: callers on this machine need none, and there are no others yet (key create NAME --scopes read)");
            return;
        }

        screen.Table(
            ["name", "scopes", "made", "revoked", "id"],
            keys.Select(key => (IReadOnlyList<string?>)[Markup.Escape(key.Name), string.Join(',', key.Scopes), Day(key.CreatedAt), key.RevokedAt is { } at ? Day(at) : "-", $"{key.Id}"]));
    }

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
