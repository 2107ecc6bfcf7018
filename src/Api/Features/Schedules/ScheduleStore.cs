using System.Text.Json;
using KernelForge.Api.Rest;
using KernelForge.Api.Store;
using KernelForge.Api.Store.Rows;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KernelForge.Api.Features.Schedules;

/// <summary>Schedules as rows, checked as they come in. A deleted one keeps its row, and with it its history.</summary>
internal sealed class ScheduleStore(IDbContextFactory<KernelForgeDb> rows, ScheduleReader reader, TimeProvider time)
{
    private const double DefaultTolerance = 0.05;
    private const int MostNameLength = 100;

    /// <summary>Makes a schedule.</summary>
    /// <exception cref="RefusedException">Something of the order is wrong, or the name is taken.</exception>
    public async Task<Schedule> AddAsync(ScheduleOrder order, CancellationToken cancellationToken)
    {
        ScheduleRow row = new() { Id = Guid.CreateVersion7(), Name = "", Cron = "", Filter = "", CreatedAt = time.GetUtcNow() };
        Fill(row, order);
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        db.Schedules.Add(row);
        await SaveAsync(db, row, cancellationToken);
        return await reader.FindAsync(row.Id, cancellationToken) ?? throw Unknown(row.Id);
    }

    /// <summary>Changes a schedule.</summary>
    /// <exception cref="RefusedException">There is none, something of the order is wrong, or the name is taken.</exception>
    public async Task<Schedule> ChangeAsync(Guid id, ScheduleOrder order, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var row = await LiveAsync(db, id, cancellationToken);
        Fill(row, order);
        await SaveAsync(db, row, cancellationToken);
        return await reader.FindAsync(id, cancellationToken) ?? throw Unknown(id);
    }

    /// <summary>Ends a schedule: it fires no more. What it found is kept.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public async Task DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var db = await rows.CreateDbContextAsync(cancellationToken);
        var row = await LiveAsync(db, id, cancellationToken);
        row.DeletedAt = time.GetUtcNow();
        await SaveAsync(db, row, cancellationToken);
    }

    /// <summary>What a schedule that is not there is answered with.</summary>
    public static RefusedException Unknown(Guid id) => RefusedException.NotFound($"there is no schedule {id}; GET /api/v1/schedules lists them all");

    private static RefusedException Taken(string name) =>
        new(StatusCodes.Status409Conflict, $"name: there is a schedule '{name}' already; choose another name, or change that one", "name");

    private void Fill(ScheduleRow row, ScheduleOrder order)
    {
        var name = Texts.Name("name", order.Name);
        row.Name = name.Length <= MostNameLength ? name : throw RefusedException.Bad("name", $"expected 1 to {MostNameLength} characters, found {name.Length}");
        var (cron, problem) = CronText.Read(Texts.Name("cron", order.Cron), time.GetUtcNow());
        row.Cron = (cron ?? throw RefusedException.Bad("cron", problem)).CronExpressionString;
        row.Tolerance = order.Tolerance switch
        {
            null => DefaultTolerance,
            >= 0 and < 1 => order.Tolerance.Value,
            _ => throw RefusedException.Bad("tolerance", $"expected a share from 0 to below 1 (0.05: five per cent), found {order.Tolerance}"),
        };
        row.Filter = JsonSerializer.Serialize(Checked(order.Filter), ContractsJson.Default.ScheduleFilter);
    }

    private static ScheduleFilter Checked(ScheduleFilter filter)
    {
        if (filter.Platform is { } platform)
        {
            Platforms.Require(platform, filter.Device);
        }

        Texts.OptionalName("filter.device", filter.Device);
        Texts.OptionalName("filter.category", filter.Category);
        Texts.OptionalName("filter.task", filter.Task);
        return filter;
    }

    private static async Task<ScheduleRow> LiveAsync(KernelForgeDb db, Guid id, CancellationToken cancellationToken) =>
        await db.Schedules.SingleOrDefaultAsync(row => row.Id == id && row.DeletedAt == null, cancellationToken) ?? throw Unknown(id);

    private static async Task SaveAsync(KernelForgeDb db, ScheduleRow row, CancellationToken cancellationToken)
    {
        if (await db.Schedules.AnyAsync(other => other.Name == row.Name && other.Id != row.Id && other.DeletedAt == null, cancellationToken))
        {
            throw Taken(row.Name);
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Another request took it meanwhile.
            throw Taken(row.Name);
        }

        await db.Database.ExecuteSqlAsync($"SELECT pg_notify({Work.StepStore.WorkChannel}, {ScheduleTriggers.Changed})", cancellationToken);
    }
}
