using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Service;

/// <summary>The service that is up; where none is, one in this process for as long as the verb runs.</summary>
internal sealed class SomeService : IAsyncDisposable
{
    /// <summary>Any port of this machine that is free.</summary>
    public const string AnyPort = "http://127.0.0.1:0";

    private readonly LocalService? _own;

    private SomeService(ServiceClient client, LocalService? own)
    {
        Client = client;
        _own = own;
    }

    /// <summary>Talks to it.</summary>
    public ServiceClient Client { get; }

    /// <summary>It runs in this process, and ends with it.</summary>
    public bool IsOwn => _own is not null;

    /// <summary>Finds it, or starts one with that many workers; with 0 it only answers.</summary>
    /// <exception cref="CliException">One was named and is not up, or none can be started.</exception>
    public static async Task<SomeService> GetAsync(Surroundings surroundings, int workers, CancellationToken cancellationToken)
    {
        if (await ServiceLocation.FindAsync(surroundings, cancellationToken) is { } client)
        {
            return Of(client);
        }

        return await StartAsync(surroundings, AnyPort, workers, cancellationToken);
    }

    /// <summary>One that is up.</summary>
    public static SomeService Of(ServiceClient client) => new(client, null);

    /// <summary>Starts one in this process.</summary>
    public static async Task<SomeService> StartAsync(Surroundings surroundings, string url, int workers, CancellationToken cancellationToken)
    {
        var own = await LocalService.StartAsync(surroundings, url, workers, ["sim"], cancellationToken);
        return new SomeService(ServiceLocation.Client(own.Address, surroundings), own);
    }

    /// <summary>Stays up until the token ends it, found by the other verbs; nothing to do where it is another process's.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_own is not null)
        {
            await _own.AnnounceAsync(cancellationToken);
            await _own.RunAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }
}
