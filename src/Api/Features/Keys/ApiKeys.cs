using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KernelForge.Api.Store;
using KernelForge.Processes;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KernelForge.Api.Features.Keys;

/// <summary>Keys of callers from other machines. Only a hash is kept, so a key is shown once, when it is made.</summary>
public static class ApiKeys
{
    /// <summary>What a key may allow; each includes those before it.</summary>
    public static IReadOnlyList<string> Scopes { get; } = ["read", "submit", "admin"];

    private const string Prefix = "kf_";
    private const int SecretBytes = 32;
    private const int MostNameLength = 100;

    /// <summary>Makes a key in the database of these settings; the key itself, which cannot be had again.</summary>
    /// <param name="settings">Which database: the private one is started where nobody has.</param>
    /// <param name="name">Who has it, for people.</param>
    /// <param name="scopes">Of <see cref="Scopes"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ApiKeyException">A name or scope cannot be one; the message says what can.</exception>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="PrivateClusterException">The private database cannot be had.</exception>
    public static Task<string> CreateAsync(ServiceSettings settings, string name, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        Check(name, scopes);
        return InDatabaseAsync(settings, database => CreateAsync(database, name, scopes, settings.Time, cancellationToken), cancellationToken);
    }

    /// <summary>Every key ever made, the oldest first, revoked ones too.</summary>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="PrivateClusterException">The private database cannot be had.</exception>
    public static Task<IReadOnlyList<ApiKey>> ListAsync(ServiceSettings settings, CancellationToken cancellationToken) =>
        InDatabaseAsync(settings, database => ListAsync(database, cancellationToken), cancellationToken);

    /// <summary>Revokes a key: the next request with it is refused.</summary>
    /// <param name="settings">Which database: the private one is started where nobody has.</param>
    /// <param name="which">The key's id, or its name where only one key that is not revoked has it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ApiKeyException">There is no such key, or several.</exception>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="PrivateClusterException">The private database cannot be had.</exception>
    public static Task<ApiKey> RevokeAsync(ServiceSettings settings, string which, CancellationToken cancellationToken) =>
        InDatabaseAsync(settings, database => RevokeAsync(database, which, settings.Time, cancellationToken), cancellationToken);

    /// <summary>The same in an open database of this program's schema.</summary>
    internal static async Task<string> CreateAsync(NpgsqlDataSource database, string name, IReadOnlyList<string> scopes, TimeProvider time, CancellationToken cancellationToken)
    {
        Check(name, scopes);
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await using var command = database.CreateCommand("INSERT INTO api_keys (id, name, sha256, scopes, created_at) VALUES ($1, $2, $3, $4, $5)");
        command.Parameters.AddWithValue(Guid.CreateVersion7());
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(Hash(key));
        command.Parameters.AddWithValue(scopes.Distinct(StringComparer.Ordinal).ToArray());
        command.Parameters.AddWithValue(time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
        return key;
    }

    /// <summary>The same in an open database of this program's schema.</summary>
    internal static async Task<IReadOnlyList<ApiKey>> ListAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id, name, scopes, created_at, revoked_at FROM api_keys ORDER BY created_at, id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ApiKey> keys = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new ApiKey
            {
                Id = reader.GetGuid(0),
                Name = reader.GetString(1),
                Scopes = reader.GetFieldValue<string[]>(2),
                CreatedAt = reader.GetFieldValue<DateTimeOffset>(3),
                RevokedAt = reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
            });
        }

        return keys;
    }

    /// <summary>The same in an open database of this program's schema.</summary>
    internal static async Task<ApiKey> RevokeAsync(NpgsqlDataSource database, string which, TimeProvider time, CancellationToken cancellationToken)
    {
        var open = (await ListAsync(database, cancellationToken)).Where(key => key.RevokedAt is null).ToList();
        var meant = open.Where(key => Guid.TryParse(which, out var id) ? key.Id == id : key.Name == which).ToList();
        if (meant.Count != 1)
        {
            throw new ApiKeyException(
                meant.Count == 0
                    ? $"there is no key '{which}' that is not revoked; {(open.Count == 0 ? "nobody has one" : $"expected the id or the name of one of: {string.Join(", ", open.Select(key => key.Name))}")}"
                    : $"{meant.Count} keys are named '{which}'; expected the id of one of them: {string.Join(", ", meant.Select(key => key.Id))}");
        }

        var now = time.GetUtcNow();
        await using var command = database.CreateCommand("UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
        command.Parameters.AddWithValue(meant[0].Id);
        command.Parameters.AddWithValue(now);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return meant[0] with { RevokedAt = now };
    }

    /// <summary>The scopes of a key; null where it is none, or no longer one.</summary>
    internal static async Task<string[]?> ScopesOfAsync(NpgsqlDataSource database, string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        await using var command = database.CreateCommand("SELECT scopes FROM api_keys WHERE sha256 = $1 AND revoked_at IS NULL");
        command.Parameters.AddWithValue(Hash(key));
        return await command.ExecuteScalarAsync(cancellationToken) as string[];
    }

    /// <summary>Whether anyone has a key.</summary>
    internal static async Task<bool> AnyAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT 1 FROM api_keys WHERE revoked_at IS NULL)");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Whether scopes allow what needs one.</summary>
    internal static bool Allow(IReadOnlyList<string> scopes, string needed)
    {
        var order = Scopes.ToList();
        return scopes.Any(scope => order.IndexOf(scope) >= order.IndexOf(needed));
    }

    private static async Task<T> InDatabaseAsync<T>(ServiceSettings settings, Func<NpgsqlDataSource, Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await using var cluster = settings.ConnectionString is null ? await PrivateCluster.StartAsync(settings.Home, settings.Toolbox, cancellationToken) : null;
        await using var database = Database.Open(settings.ConnectionString ?? cluster!.ConnectionString);
        await Database.MigrateAsync(new Rows(database), cancellationToken);
        return await work(database);
    }

    private static void Check(string name, IReadOnlyList<string> scopes)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MostNameLength || name.Any(char.IsControl))
        {
            throw new ApiKeyException($"the key's name: expected 1 to {MostNameLength} characters that say who has it, found '{name}'");
        }

        if (scopes.Count == 0 || scopes.FirstOrDefault(scope => !Scopes.Contains(scope, StringComparer.Ordinal)) is not null)
        {
            throw new ApiKeyException($"the key's scopes: expected one or more of {string.Join(", ", Scopes)}, found '{string.Join(",", scopes)}'");
        }
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private sealed class Rows(NpgsqlDataSource database) : IDbContextFactory<KernelForgeDb>
    {
        public KernelForgeDb CreateDbContext() => new(new DbContextOptionsBuilder<KernelForgeDb>().UseNpgsql(database).Options);
    }
}
