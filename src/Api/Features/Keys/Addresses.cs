using System.Net;
using Npgsql;

namespace KernelForge.Api.Features.Keys;

/// <summary>Where the service listens: what only this machine reaches is open to its users, everything else asks for keys.</summary>
internal static class Addresses
{
    /// <summary>Refuses to listen where other machines reach it while there is no key.</summary>
    /// <exception cref="UnguardedAddressException">It would be open to anyone.</exception>
    public static async Task RequireGuardAsync(ServiceSettings settings, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var open = (settings.Urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(url => !IsLoopback(url));
        if (open is not null && !await ApiKeys.AnyAsync(database, cancellationToken))
        {
            throw new UnguardedAddressException(
                $"{open} can be reached from other machines, and there is no API key that would be asked for: anyone could run code here. "
                + "Make one with ./kernelforge key create NAME --scopes read,submit, or listen on this machine alone: --urls http://127.0.0.1:5080");
        }
    }

    /// <summary>Whether only this machine reaches an address to listen on.</summary>
    public static bool IsLoopback(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.IsUnixPipe || IsLoopbackName(address.Host);
        }
        catch (FormatException)
        {
            // The server says what is wrong with it.
            return true;
        }
    }

    /// <summary>Whether a name or address, <c>[::1]</c> included, always means this machine.</summary>
    public static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
