using System.Globalization;
using System.Text;
using KernelForge.Contracts.Runs;

namespace KernelForge.Agents.Chat.Budgets;

/// <summary>
/// A ledger as a folder: one small file a scope with its running sum, changed under an exclusive lock that processes share, written whole
/// beside its place and renamed.
/// </summary>
public sealed class LedgerFolder(string folder, TimeProvider time) : IUsageLedger, IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>This process's own queue before the lock.</summary>
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public async Task<ModelUsage> SpentAsync(string scope, CancellationToken cancellationToken)
    {
        try
        {
            return Parse(PathOf(scope), await File.ReadAllTextAsync(PathOf(scope), cancellationToken));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return ModelUsage.None;
        }
    }

    /// <inheritdoc/>
    public async Task AddAsync(string scope, ModelUsage usage)
    {
        await _turn.WaitAsync();
        try
        {
            Directory.CreateDirectory(folder);
            await using var alone = await LockAsync();
            await AddAloneAsync(scope, usage);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task AddAloneAsync(string scope, ModelUsage usage)
    {
        var sum = await SpentAsync(scope, CancellationToken.None) + usage;
        var path = PathOf(scope);
        var written = path + ".new";
        await using (FileStream file = new(written, FileMode.Create, FileAccess.Write))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(Format(sum)));
            file.Flush(flushToDisk: true);
        }

        File.Move(written, path, overwrite: true);
    }

    private static string Format(ModelUsage sum) => string.Create(
        CultureInfo.InvariantCulture, $"calls {sum.Calls}\ninput_tokens {sum.InputTokens}\noutput_tokens {sum.OutputTokens}\ncost_usd {sum.CostUsd ?? 0}\n");

    private static ModelUsage Parse(string path, string text)
    {
        var values = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        try
        {
            return new ModelUsage
            {
                Calls = int.Parse(values["calls"], CultureInfo.InvariantCulture),
                InputTokens = long.Parse(values["input_tokens"], CultureInfo.InvariantCulture),
                OutputTokens = long.Parse(values["output_tokens"], CultureInfo.InvariantCulture),
                CostUsd = decimal.Parse(values["cost_usd"], CultureInfo.InvariantCulture),
            };
        }
        catch (Exception exception) when (exception is KeyNotFoundException or FormatException or OverflowException)
        {
            throw new ModelSetupException($"{path} is not what was written there ({exception.Message}); correct its four lines, or delete it to count from nothing");
        }
    }

    private string PathOf(string scope) => Path.Combine(folder, string.Concat(scope.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_')));

    private async Task<FileStream> LockAsync()
    {
        var path = Path.Combine(folder, ".lock");
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception)
            {
                if (time.GetElapsedTime(started) > LongestWait)
                {
                    throw new IOException($"{path} has been held by another process for {LongestWait.TotalSeconds:0} s; is one stuck?", exception);
                }

                await Task.Delay(Pause, time);
            }
        }
    }
}
