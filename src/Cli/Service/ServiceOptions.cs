using System.CommandLine;

namespace KernelForge.Cli.Service;

/// <summary>Options and arguments that several verbs of the service share.</summary>
internal static class ServiceOptions
{
    /// <summary>Steps at once, where the user does not say: each evaluation keeps about two cores busy.</summary>
    public static int DefaultWorkers => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json(string description = "One JSON document") => new("--json") { Description = description };

    /// <summary><c>--workers N</c>.</summary>
    public static Option<int?> Workers(int lowest)
    {
        var option = new Option<int?>("--workers") { Description = $"Evaluations and rounds at once; default: half the cores, here {DefaultWorkers}", HelpName = "N" };
        option.Validators.Add(result => OptionChecks.InRange(result, "--workers", lowest, 256));
        return option;
    }

    /// <summary>The id of a submission or run.</summary>
    public static Argument<string> Id()
    {
        var argument = new Argument<string>("ID") { Description = "What submit or run printed" };
        argument.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !Guid.TryParse(text, out _))
            {
                result.AddError($"ID: expected an id such as {Guid.Empty}, found '{text}'");
            }
        });
        return argument;
    }
}
