using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Agents.Suite;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Service;

/// <summary>How a task that the user names is named to the service: a file outside the suite is handed over first.</summary>
internal static partial class ServiceTasks
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private const string KernelBench = "kernelbench:";

    /// <summary>The name of what the user typed: a path to a <c>.py</c> file, a name that the service knows, or one of an imported task.</summary>
    public static async Task<string> NameOfAsync(ServiceClient client, string text, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (text.EndsWith(".py", StringComparison.Ordinal) || ImportedTasks.Owns(text))
        {
            return await NameOfAsync(client, TaskSuite.Load(surroundings.Root, surroundings.Home).Find(text), cancellationToken);
        }

        return text.StartsWith(KernelBench, StringComparison.OrdinalIgnoreCase)
            && TaskSuite.Load(surroundings.Root, surroundings.Home) is var suite
            && suite.Numbered(text[KernelBench.Length..]) is { } numbered
                ? await NameOfAsync(client, suite.FileOf(numbered), cancellationToken)
                : text;
    }

    /// <summary>The suite's name of a task; the hash of one that is handed over now, as imported ones are: the service may know them only after its next start.</summary>
    public static async Task<string> NameOfAsync(ServiceClient client, TaskFile file, CancellationToken cancellationToken)
    {
        if (file.Entry is { } entry && !ImportedTasks.Owns(entry.Name))
        {
            return entry.Name;
        }

        TaskOrder order = new() { Name = Unfit().Replace(file.Name, "_"), Source = await ReadTextAsync(file.Path, cancellationToken) };
        try
        {
            return (await client.AskAsync(api => api.AddTaskAsync(order, cancellationToken), cancellationToken)).Sha256;
        }
        catch (RefusedException refused) when (refused is { Status: HttpStatusCode.Conflict, Field: "source" })
        {
            // The service holds this text already, under another name.
            return Convert.ToHexStringLower(SHA256.HashData(Strict.GetBytes(order.Source)));
        }
    }

    /// <summary>A file's text, byte for byte: what is sent has the hash of what lies there.</summary>
    /// <exception cref="CliException">It is no UTF-8.</exception>
    public static async Task<string> ReadTextAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Strict.GetString(await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (DecoderFallbackException error)
        {
            throw new CliException(ExitCodes.BadInput, $"{path}: expected UTF-8, found a byte 0x{error.BytesUnknown?.FirstOrDefault():x2} at {error.Index} that is none");
        }
    }

    [GeneratedRegex("[^A-Za-z0-9_-]", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Unfit();
}
