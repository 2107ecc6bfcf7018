using System.CommandLine;

namespace KernelForge.Cli;

/// <summary>A verb that stands in the help text and is answered elsewhere, or later.</summary>
internal static class StandIn
{
    /// <summary>A verb that ends in wrong usage and <paramref name="message"/>, whatever follows it.</summary>
    public static Command Create(string name, string description, string message)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction((Func<ParseResult, int>)(_ => throw new CliException(ExitCodes.Usage, message)));
        return command;
    }
}
