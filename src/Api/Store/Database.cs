using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace KernelForge.Api.Store;

/// <summary>The database cannot be used; the message says why and what to do.</summary>
public sealed class DatabaseException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Brings a database to this program's schema.</summary>
internal static class Database
{
    private const long MigrationLock = 0x6b66_6d69_6772_61;
    private static readonly TimeSpan MigrationPatience = TimeSpan.FromMinutes(10);

    /// <summary>A data source for EF, Quartz and our own SQL.</summary>
    public static NpgsqlDataSource Open(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings = new(connectionString)
        {
            ApplicationName = "kernelforge",
            MaxPoolSize = 40,
            ConnectionIdleLifetime = 30,
            ConnectionPruningInterval = 10,
            Timeout = 15,
            CommandTimeout = 60,
            // A step costs Quartz some fifteen statements: without this, more time goes into planning than into running them.
            MaxAutoPrepare = 200,
            // No command leaves anything behind in its session.
            NoResetOnClose = true,
        };

        // A process that was stopped inside a transaction would hold Quartz's lock, and with it every other node, until it comes back.
        settings.Options = $"{settings.Options} -c idle_in_transaction_session_timeout=10000".Trim();
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    /// <summary>
    /// Runs the migrations that are missing: of several processes that start at once one does it, the others wait. EF's own lock lasts for one
    /// migration only, and the next process then runs a second one beside the first (docs/adr/0052), so one that lasts for all is held around it.
    /// </summary>
    /// <exception cref="DatabaseException">It cannot be reached, or a newer version of this program has changed it.</exception>
    public static async Task MigrateAsync(IDbContextFactory<KernelForgeDb> rows, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        try
        {
            var known = db.Database.GetMigrations().ToHashSet(StringComparer.Ordinal);
            await MakeAsync(db, cancellationToken);
            // A lock of the session on the connection that the migrator goes on with.
            await db.Database.OpenConnectionAsync(cancellationToken);
            db.Database.SetCommandTimeout(MigrationPatience);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
            try
            {
                var unknown = (await db.Database.GetAppliedMigrationsAsync(cancellationToken)).Where(name => !known.Contains(name)).ToList();
                if (unknown.Count > 0)
                {
                    throw new DatabaseException(
                        $"the database was made by a newer KernelForge: it has {string.Join(", ", unknown)}, this version ends at {known.Order(StringComparer.Ordinal).Last()}. "
                        + "Start the newer version, or choose another data folder (KERNELFORGE_HOME) or database (ConnectionStrings__KernelForge).");
                }

                await db.Database.MigrateAsync(cancellationToken);
            }
            finally
            {
                // The connection goes back to its pool, and what a session holds stays with it.
                await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
            }
        }
        catch (Exception error) when ((error as NpgsqlException ?? error.InnerException as NpgsqlException) is { } cause)
        {
            // EF wraps what may pass, such as a refused connection.
            throw new DatabaseException($"the database cannot be used: {cause.Message}. Check ConnectionStrings__KernelForge, or unset it, and a private database is made in the data folder.", error);
        }
    }

    /// <summary>Makes the database where the server has none of that name yet.</summary>
    private static async Task MakeAsync(KernelForgeDb db, CancellationToken cancellationToken)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken))
        {
            return;
        }

        try
        {
            await creator.CreateAsync(cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another process came first.
        }
    }
}
