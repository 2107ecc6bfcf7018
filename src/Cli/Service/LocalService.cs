using System.Diagnostics;
using KernelForge.Api;
using KernelForge.Api.Features.Keys;
using KernelForge.Api.Store;
using KernelForge.Cli.Terminal;
using KernelForge.Processes;

namespace KernelForge.Cli.Service;

/// <summary>A service in this process: for <c>serve</c> and <c>worker</c>, and for verbs that need one for as long as they run.</summary>
internal sealed class LocalService : IAsyncDisposable
{
    private readonly Api.Service _service;
    private readonly Surroundings _surroundings;
    private ServiceFile? _file;

    private LocalService(Api.Service service, Surroundings surroundings)
    {
        _service = service;
        _surroundings = surroundings;
    }

    /// <summary>The first address that it listens on, as this machine reaches it.</summary>
    public Uri Address => Reachable(_service.Addresses[0]);

    /// <summary>Starts one; ready once this returns. Without <paramref name="urls"/> it listens nowhere, a worker alone.</summary>
    /// <exception cref="CliException">Something that it needs is missing, or the address is taken.</exception>
    public static async Task<LocalService> StartAsync(
        Surroundings surroundings, string? urls, int workers, IReadOnlyList<string> platforms, CancellationToken cancellationToken)
    {
        var settings = Settings(surroundings) with { Urls = urls, Workers = workers, Platforms = platforms };
        try
        {
            return new LocalService(await Api.Service.StartAsync(settings, cancellationToken), surroundings);
        }
        catch (Exception error) when (error is DatabaseException or PrivateClusterException or UnguardedAddressException)
        {
            throw new CliException(ExitCodes.Missing, error.Message);
        }
        catch (IOException error) when (urls is not null && error.Message.Contains("address", StringComparison.OrdinalIgnoreCase))
        {
            throw new CliException(
                ExitCodes.Missing, $"cannot listen on {urls}: {error.Message} Choose another address with --urls http://127.0.0.1:PORT (port 0: any that is free), or end the program that has it.");
        }
    }

    /// <summary>Works on the API keys in the database itself, whether a service is up or not.</summary>
    /// <exception cref="CliException">A key cannot be such, or the database cannot be used.</exception>
    public static async Task<T> WithKeysAsync<T>(Surroundings surroundings, Func<ServiceSettings, Task<T>> work)
    {
        try
        {
            return await work(Settings(surroundings));
        }
        catch (ApiKeyException error)
        {
            throw new CliException(ExitCodes.Usage, error.Message);
        }
        catch (Exception error) when (error is DatabaseException or PrivateClusterException)
        {
            throw new CliException(ExitCodes.Missing, error.Message);
        }
    }

    /// <summary>Tells the other verbs where it is, through the data folder, unless another service of this data folder has done so and is up.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        // A file with this service's own address was left by one that was killed.
        if (ServiceFile.Read(_surroundings.Home) is { } other && Uri.TryCreate(other.Address, UriKind.Absolute, out var address) && address != Address)
        {
            using ServiceClient neighbour = new(address, null);
            if (await neighbour.IsUpAsync(cancellationToken))
            {
                await _surroundings.Error.WriteLineAsync($"kernelforge: another service of this data folder is up at {address}; verbs go on using that one (KERNELFORGE_SERVICE={Address} picks this one)");
                return;
            }
        }

        _file = new ServiceFile { Address = Address.ToString(), Pid = Environment.ProcessId };
        _file.Write(_surroundings.Home);
    }

    /// <summary>Serves until the token ends it.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _service.RunAsync(cancellationToken);

    /// <summary>Time since this process began.</summary>
    public static TimeSpan SinceStart(TimeProvider time)
    {
        using var self = Process.GetCurrentProcess();
        return time.GetUtcNow() - new DateTimeOffset(self.StartTime);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _file?.Remove(_surroundings.Home);
        await _service.DisposeAsync();
    }

    private static ServiceSettings Settings(Surroundings surroundings) => new()
    {
        Root = surroundings.Root,
        Home = surroundings.Home,
        Toolbox = surroundings.Toolbox,
        ConnectionString = surroundings.Setting("ConnectionStrings__KernelForge") is { Length: > 0 } text ? text : null,
        Setting = surroundings.Setting,
        Time = surroundings.Time,
    };

    /// <summary>An address that stands for all interfaces is no address to connect to.</summary>
    private static Uri Reachable(string address)
    {
        UriBuilder uri = new(address.Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal));
        if (uri.Host is "0.0.0.0" or "[::]")
        {
            uri.Host = "127.0.0.1";
        }

        return uri.Uri;
    }
}
