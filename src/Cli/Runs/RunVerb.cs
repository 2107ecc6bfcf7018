using System.CommandLine;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Runs;

/// <summary><c>run</c>: a search by agents over rounds.</summary>
internal static class RunVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings)
    {
        var command = new Command("run", "A search: a Coder writes, the evaluator judges, a Judge advises, over rounds") { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((Func<ParseResult, int>)(_ => throw new CliException(ExitCodes.Usage, "run is not wired yet")));
        _ = surroundings;
        return command;
    }
}
