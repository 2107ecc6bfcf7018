using System.CommandLine;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Bench;

/// <summary><c>bench NAME</c>: one benchmark with its goals.</summary>
internal static class BenchVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var command = new Command("bench", "One benchmark: simulator, evaluation") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((Func<ParseResult, int>)(_ => throw new CliException(ExitCodes.Usage, "bench is not wired yet")));
        _ = surroundings;
        return command;
    }
}
