namespace KernelForge.Api.Store.Rows;

/// <summary>schedules</summary>
internal sealed class ScheduleRow
{
    public required Guid Id { get; set; }

    public required string Name { get; set; }

    public required string Cron { get; set; }

    public required string Filter { get; set; }

    public double Tolerance { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }
}
