using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KernelForge.Api.Store.Migrations;

/// <summary>The first schema.</summary>
[DbContext(typeof(KernelForgeDb))]
[Migration("20261121000000_Initial")]
internal sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(MigrationScript.Read("0001_initial.sql"));
        migrationBuilder.Sql("CREATE SCHEMA IF NOT EXISTS quartz");
    }
}
