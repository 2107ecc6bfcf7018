using System.CommandLine;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Service;

/// <summary><c>key create</c>: a key for callers from other machines. It is made in the database itself: who can do that needs no key.</summary>
internal static class KeyVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var name = new Argument<string>("NAME") { Description = "Who has it, for people" };
        var scopes = new Option<string>("--scopes") { Description = "What it allows, comma between several: read, submit, admin", HelpName = "S", Required = true };
        var create = new Command("create", "Makes a key, and prints it once: only its hash is kept") { name, scopes };
        create.SetAction(async (result, cancellationToken) =>
        {
            var wanted = result.GetRequiredValue(scopes).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            await surroundings.Out.WriteLineAsync(await LocalService.CreateKeyAsync(surroundings, result.GetRequiredValue(name), wanted, cancellationToken));
            await surroundings.Error.WriteLineAsync("kernelforge: this is the only time that it is shown; callers send it as Authorization: Bearer KEY, this program as KERNELFORGE_API_KEY");
            return ExitCodes.Done;
        });
        return new Command("key", "API keys, which callers from other machines need: create") { create };
    }
}
