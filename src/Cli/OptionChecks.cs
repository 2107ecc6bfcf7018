using System.CommandLine.Parsing;
using System.Globalization;

namespace KernelForge.Cli;

/// <summary>Checks of option values that several verbs share: a failed one is wrong usage.</summary>
internal static class OptionChecks
{
    /// <summary>A whole number within a range; what is no number at all is the parser's own error.</summary>
    public static void InRange(OptionResult result, string name, int low, int high)
    {
        if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && (value < low || value > high))
        {
            result.AddError($"{name}: expected {low} to {high}, found {value}");
        }
    }

    /// <summary>A platform of this version.</summary>
    public static void Platform(OptionResult result)
    {
        if (result.Tokens is [{ Value: not "sim" and var other }])
        {
            result.AddError($"--platform: '{other}' is not part of this version; known: sim");
        }
    }
}
