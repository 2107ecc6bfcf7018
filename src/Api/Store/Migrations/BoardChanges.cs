using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace KernelForge.Api.Store.Migrations;

/// <summary>Notes which transactions changed boards.</summary>
[DbContext(typeof(KernelForgeDb))]
[Migration("20261121000001_BoardChanges")]
internal sealed class BoardChanges : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.Sql(MigrationScript.Read("0002_board_changes.sql"));
    }
}
