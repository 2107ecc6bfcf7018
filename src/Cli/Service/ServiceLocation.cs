using KernelForge.Cli.Terminal;

namespace KernelForge.Cli.Service;

/// <summary>Finds the service that is up: the one that <c>KERNELFORGE_SERVICE</c> names, else the one of the data folder.</summary>
internal static class ServiceLocation
{
    private const string AddressSetting = "KERNELFORGE_SERVICE";
    private const string KeySetting = "KERNELFORGE_API_KEY";

    /// <summary>The service that is up; null where none is.</summary>
    /// <exception cref="CliException">The user named one, and it cannot be asked.</exception>
    public static async Task<ServiceClient?> FindAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (surroundings.Setting(AddressSetting) is { Length: > 0 } named)
        {
            if (!Uri.TryCreate(named.EndsWith('/') ? named : named + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                throw new CliException(ExitCodes.Usage, $"{AddressSetting}: expected an address such as http://127.0.0.1:5080, found '{named}'");
            }

            ServiceClient wanted = Client(address, surroundings);
            if (await wanted.IsUpAsync(cancellationToken))
            {
                return wanted;
            }

            wanted.Dispose();
            throw new CliException(ExitCodes.Missing, $"no service answers at {address} ({AddressSetting}); start it, or unset {AddressSetting} to use the one of this data folder");
        }

        if (ServiceFile.Read(surroundings.Home) is not { } file || !Uri.TryCreate(file.Address, UriKind.Absolute, out var found))
        {
            return null;
        }

        var client = Client(found, surroundings);
        if (await client.IsUpAsync(cancellationToken))
        {
            return client;
        }

        client.Dispose();
        return null;
    }

    /// <summary>The service that is up.</summary>
    /// <exception cref="CliException">None is.</exception>
    public static async Task<ServiceClient> NeedAsync(Surroundings surroundings, CancellationToken cancellationToken) =>
        await FindAsync(surroundings, cancellationToken)
        ?? throw new CliException(ExitCodes.Missing, $"no service is up: start one with ./kernelforge serve (in another terminal), or set {AddressSetting} to the address of one that is");

    /// <summary>A client of a service that this process started.</summary>
    public static ServiceClient Client(Uri address, Surroundings surroundings) => new(address, surroundings.Setting(KeySetting));
}
