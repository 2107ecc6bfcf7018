using KernelForge.Api.Store;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KernelForge.Api.Tests.Store;

/// <summary>Migrations are written by hand: this finds where they and EF's model drift apart.</summary>
public sealed class SchemaTests(ServiceFixture fixture)
{
    private const string Columns =
        """
        SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(udt_name, '') || ' ' || is_nullable
        FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name NOT IN ('rankable', 'standing', '__EFMigrationsHistory') ORDER BY 1
        """;

    private const string Indexes =
        """
        SELECT regexp_replace(indexdef, 'INDEX \S+ ON', 'INDEX ON') FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '__EFMigrationsHistory' ORDER BY 1
        """;

    [Fact]
    public async Task The_migrated_schema_is_the_models()
    {
        await using var migrated = Database.Open(await fixture.NewDatabaseAsync());
        await using var modelled = Database.Open(await fixture.NewDatabaseAsync());

        await Database.MigrateAsync(new Factory(migrated), TestContext.Current.CancellationToken);
        await using (var db = new Factory(modelled).CreateDbContext())
        {
            await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(await ReadAsync(modelled, Columns), await ReadAsync(migrated, Columns));
        Assert.Equal(await ReadAsync(modelled, Indexes), await ReadAsync(migrated, Indexes));
    }

    [Fact]
    public async Task Two_processes_migrate_at_once()
    {
        var connectionString = await fixture.NewDatabaseAsync();
        await using var one = Database.Open(connectionString);
        await using var other = Database.Open(connectionString);

        await Task.WhenAll(
            Database.MigrateAsync(new Factory(one), TestContext.Current.CancellationToken),
            Database.MigrateAsync(new Factory(other), TestContext.Current.CancellationToken));

        Assert.Equal(2, (await ReadAsync(one, "SELECT \"MigrationId\" FROM \"__EFMigrationsHistory\"")).Count);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        await using var database = Database.Open(await fixture.NewDatabaseAsync());
        await Database.MigrateAsync(new Factory(database), TestContext.Current.CancellationToken);
        await using (var newer = database.CreateCommand("INSERT INTO \"__EFMigrationsHistory\" VALUES ('29991231000000_FarAway', '99')"))
        {
            await newer.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var error = await Assert.ThrowsAsync<DatabaseException>(() => Database.MigrateAsync(new Factory(database), TestContext.Current.CancellationToken));

        Assert.Contains("29991231000000_FarAway", error.Message, StringComparison.Ordinal);
        Assert.Contains("KERNELFORGE_HOME", error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> ReadAsync(NpgsqlDataSource database, string sql)
    {
        List<string> lines = [];
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    private sealed class Factory(NpgsqlDataSource database) : IDbContextFactory<KernelForgeDb>
    {
        public KernelForgeDb CreateDbContext() => new(new DbContextOptionsBuilder<KernelForgeDb>().UseNpgsql(database).Options);
    }
}
