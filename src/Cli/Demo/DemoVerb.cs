using System.CommandLine;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Demo;

/// <summary><c>demo</c>: the main job end to end on this machine.</summary>
internal static class DemoVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var command = new Command("demo", "The main job end to end on this machine, with recorded model answers: no GPU, no key") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((Func<ParseResult, int>)(_ => throw new CliException(ExitCodes.Usage, "demo is not wired yet")));
        _ = surroundings;
        return command;
    }
}
