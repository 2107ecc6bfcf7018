using System.CommandLine;
using KernelForge.Agents.Chat;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Bench;
using KernelForge.Cli.Datasets;
using KernelForge.Cli.Demo;
using KernelForge.Cli.Doctor;
using KernelForge.Cli.Eval;
using KernelForge.Cli.Ptx;
using KernelForge.Cli.Runs;
using KernelForge.Cli.Schedules;
using KernelForge.Cli.Service;
using KernelForge.Cli.Tasks;
using KernelForge.Cli.Terminal;

namespace KernelForge.Cli;

/// <summary>The verbs, and how whatever becomes of them turns into an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Verbs that are not there yet, and what they will do.</summary>
    private static readonly (string Name, string Does)[] Later =
    [
        ("pack", "a folder for a GPU machine"), ("mcp", "the MCP server on stdio"),
    ];

    /// <summary>Runs one command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellationToken)
    {
        // Without response files: @x.npy is an argument of a kernel.
        var result = Root(surroundings).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not (System.CommandLine.Help.HelpAction or null) && !AsksForHelp(arguments))
        {
            foreach (var message in result.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal))
            {
                await surroundings.Error.WriteLineAsync($"kernelforge: {message}");
            }

            await surroundings.Error.WriteLineAsync($"  usage: ./kernelforge {Usage(result)}");
            await surroundings.Error.WriteLineAsync($"  known options: ./kernelforge {VerbPath(result)}--help");
            return ExitCodes.Usage;
        }

        try
        {
            return await result.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                    Output = surroundings.Out,
                    Error = surroundings.Error,
                },
                cancellationToken);
        }
        catch (CliException error)
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: {error.Message}");
            return error.ExitCode;
        }
        catch (TaskNotFoundException error)
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: {error.Message}");
            return ExitCodes.Usage;
        }
        catch (ModelSetupException error)
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: {error.Message}");
            return ExitCodes.Missing;
        }
        catch (InvalidDataException error)
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: {error.Message}");
            return ExitCodes.BadInput;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await surroundings.Error.WriteLineAsync("kernelforge: interrupted");
            return ExitCodes.Interrupted;
        }
        catch (Exception error)
        {
            await surroundings.Error.WriteLineAsync($"kernelforge: our own fault: {error}");
            return ExitCodes.Fault;
        }
    }

    private static RootCommand Root(Surroundings surroundings)
    {
        var root = new RootCommand("Has language models write CUDA kernels and judges them honestly. `setup`, `test` and every missing part are the launcher's: ./kernelforge")
        {
            EvalVerb.Create(surroundings),
            TasksVerb.Create(surroundings),
            RunVerb.Create(surroundings),
            DemoVerb.Create(surroundings),
            ServeVerb.Create(surroundings),
            WorkerVerb.Create(surroundings),
            SubmitVerb.Create(surroundings),
            WatchVerb.Create(surroundings),
            CancelVerb.Create(surroundings),
            LeaderboardVerb.Create(surroundings),
            DatasetVerb.Create(surroundings),
            ScheduleVerb.Create(surroundings),
            KeyVerb.Create(surroundings),
            PtxVerb.Create(surroundings),
            BenchVerb.Create(surroundings),
            DoctorVerb.Create(surroundings),
            OfTheLauncher("setup", "[--gpu] [--browser]: installs everything the verbs need; every other verb calls the part it needs"),
            OfTheLauncher("test", "[FILTER]: every test; the last line is `N passed, N failed`"),
        };
        foreach (var (name, does) in Later)
        {
            root.Add(StandIn.Create(name, $"{does} (comes later)", $"{name} is not part of this version yet"));
        }

        return root;
    }

    /// <summary>A verb that the launcher answers before this program starts; here for the help text.</summary>
    private static Command OfTheLauncher(string name, string does) =>
        StandIn.Create(name, does, $"{name} is the launcher's: ./kernelforge {name}");

    private static bool AsksForHelp(IReadOnlyList<string> arguments) => arguments.Any(argument => argument is "--help" or "-h" or "-?" or "--version");

    private static string Usage(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var parts = command.Subcommands.Count > 0
            ? [string.Join(" | ", command.Subcommands.Select(verb => verb.Name))]
            : command.Arguments.Select(argument => argument.Name).Concat(command.Options.Where(option => option.Required).Select(option => $"{option.Name} {option.HelpName}"));
        return VerbPath(result) + string.Join(' ', parts);
    }

    private static string VerbPath(ParseResult result)
    {
        var names = new List<string>();
        for (var command = result.CommandResult; command is not null; command = command.Parent as System.CommandLine.Parsing.CommandResult)
        {
            if (command.Command is not RootCommand)
            {
                names.Insert(0, command.Command.Name);
            }
        }

        return string.Concat(names.Select(name => name + " "));
    }
}
