using System.Text;
using System.Text.RegularExpressions;
using KernelForge.Agents.Suite;
using KernelForge.Contracts.Service;

namespace KernelForge.Cli.Service;

/// <summary>How a task that the user names is named to the service: a file outside the suite is handed over first.</summary>
internal static partial class ServiceTasks
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The name of what the user typed: a path to a <c>.py</c> file, or a name that the service knows.</summary>
    public static async Task<string> NameOfAsync(ServiceClient client, string text, string root, CancellationToken cancellationToken) =>
        text.EndsWith(".py", StringComparison.Ordinal) ? await NameOfAsync(client, TaskSuite.Load(root).Find(text), cancellationToken) : text;

    /// <summary>The suite's name of a task; the hash of one that is handed over now.</summary>
    public static async Task<string> NameOfAsync(ServiceClient client, TaskFile file, CancellationToken cancellationToken)
    {
        if (file.Entry is { } entry)
        {
            return entry.Name;
        }

        TaskOrder order = new() { Name = Unfit().Replace(file.Name, "_"), Source = await ReadTextAsync(file.Path, cancellationToken) };
        return (await client.AskAsync(api => api.AddTaskAsync(order, cancellationToken), cancellationToken)).Sha256;
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
