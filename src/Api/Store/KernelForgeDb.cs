using System.Text.Json;
using KernelForge.Api.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;

namespace KernelForge.Api.Store;

/// <summary>
/// The tables as rows, for plain reads and writes. What must be fenced, claimed or ranked is SQL (<c>Work/StepStore.cs</c>, the view
/// <c>rankable</c>). The schema itself is in <c>Migrations/</c>; a test compares it with this model.
/// </summary>
internal sealed class KernelForgeDb(DbContextOptions<KernelForgeDb> options) : DbContext(options)
{
    public DbSet<TaskRow> Tasks => Set<TaskRow>();

    public DbSet<SolutionRow> Solutions => Set<SolutionRow>();

    public DbSet<EnvironmentRow> Environments => Set<EnvironmentRow>();

    public DbSet<ScheduleRow> Schedules => Set<ScheduleRow>();

    public DbSet<SubmissionRow> Submissions => Set<SubmissionRow>();

    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<EvaluationRow> Evaluations => Set<EvaluationRow>();

    public DbSet<FigureRow> Figures => Set<FigureRow>();

    public DbSet<BaselineRow> Baselines => Set<BaselineRow>();

    public DbSet<RoundRow> Rounds => Set<RoundRow>();

    public DbSet<ModelCallRow> ModelCalls => Set<ModelCallRow>();

    public DbSet<StepRow> Steps => Set<StepRow>();

    public DbSet<EventRow> Events => Set<EventRow>();

    public DbSet<IdempotencyKeyRow> IdempotencyKeys => Set<IdempotencyKeyRow>();

    public DbSet<DatasetRow> Datasets => Set<DatasetRow>();

    public DbSet<ScheduleCheckRow> ScheduleChecks => Set<ScheduleCheckRow>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<WorkerRow> Workers => Set<WorkerRow>();

    public DbSet<BoardChangeRow> BoardChanges => Set<BoardChangeRow>();

    /// <summary>Rows of the view <c>rankable</c>: what stands on boards (design §7).</summary>
    public DbSet<RankableRow> Rankable => Set<RankableRow>();

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // The migrations name the indexes that are wanted; a foreign key gets none of its own.
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        configurationBuilder.Conventions.Remove<ForeignKeyIndexConvention>();
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        ConfigureTables(modelBuilder);
        modelBuilder.Entity<RankableRow>().HasNoKey().ToView("rankable");
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
        {
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        }
    }

    private static void ConfigureTables(ModelBuilder model)
    {
        Table<TaskRow>(model, "tasks", row =>
        {
            row.HasKey(key => key.Sha256);
            row.Property(column => column.Sha256).ValueGeneratedNever();
            row.HasIndex(index => index.Name).IsUnique().HasFilter("current").HasDatabaseName("ix_tasks_name_current");
        });
        Table<SolutionRow>(model, "solutions", row =>
        {
            row.HasKey(key => key.Sha256);
            row.Property(column => column.Sha256).ValueGeneratedNever();
        });
        Table<EnvironmentRow>(model, "environments", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Id).ValueGeneratedNever();
        });
        Table<ScheduleRow>(model, "schedules", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Filter).HasColumnType("json");
            row.Property(column => column.Id).ValueGeneratedNever();
            row.HasIndex(index => index.Name).IsUnique().HasFilter("deleted_at IS NULL").HasDatabaseName("ix_schedules_name");
        });
        Table<SubmissionRow>(model, "submissions", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Id).ValueGeneratedNever();
            row.HasOne<TaskRow>().WithMany().HasForeignKey(column => column.TaskSha256).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<SolutionRow>().WithMany().HasForeignKey(column => column.SolutionSha256).OnDelete(DeleteBehavior.NoAction);
            row.HasIndex(index => new { index.CreatedAt, index.Id }).HasDatabaseName("ix_submissions_created_at");
            row.HasIndex(index => index.SolutionSha256).HasDatabaseName("ix_submissions_solution_sha256");
        });
        Table<RunRow>(model, "runs", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Id).ValueGeneratedNever();
            row.HasOne<TaskRow>().WithMany().HasForeignKey(column => column.TaskSha256).OnDelete(DeleteBehavior.NoAction);
            row.HasIndex(index => new { index.CreatedAt, index.Id }).HasDatabaseName("ix_runs_created_at");
            row.HasIndex(index => new { index.TaskSha256, index.CreatedAt, index.Id }).HasDatabaseName("ix_runs_task_sha256_created_at");
        });
        Table<EvaluationRow>(model, "evaluations", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Outcome).HasColumnType("json");
            row.Property(column => column.Id).ValueGeneratedNever();
            row.HasOne<TaskRow>().WithMany().HasForeignKey(column => column.TaskSha256).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<SolutionRow>().WithMany().HasForeignKey(column => column.SolutionSha256).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<SubmissionRow>().WithMany().HasForeignKey(column => column.SubmissionId).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<RunRow>().WithMany().HasForeignKey(column => column.RunId).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<EnvironmentRow>().WithMany().HasForeignKey(column => column.EnvironmentId).OnDelete(DeleteBehavior.NoAction);
            row.HasIndex(index => index.SubmissionId).IsUnique().HasDatabaseName("ix_evaluations_submission_id");
            row.HasIndex(index => new { index.RunId, index.Round }).IsUnique().HasDatabaseName("ix_evaluations_run_id_round");
            row.HasIndex(index => new { index.TaskSha256, index.SolutionSha256 }).HasDatabaseName("ix_evaluations_task_sha256_solution_sha256");
            row.HasIndex(index => index.SolutionSha256).HasDatabaseName("ix_evaluations_solution_sha256");
            row.HasIndex([nameof(EvaluationRow.TaskSha256), nameof(EvaluationRow.SolutionSha256)], "ix_evaluations_first")
                .HasFilter("status = 'passed' AND ranked AND latency_ms IS NOT NULL AND origin IN ('api', 'run')");
            row.HasIndex([nameof(EvaluationRow.TaskSha256), nameof(EvaluationRow.SolutionSha256), nameof(EvaluationRow.EnvironmentId), nameof(EvaluationRow.CreatedAt)], "ix_evaluations_second")
                .HasFilter("fresh_seeds AND status = 'passed' AND ranked AND latency_ms IS NOT NULL");
        });
        Table<FigureRow>(model, "figures", row =>
        {
            row.HasKey(key => new { key.EvaluationId, key.Kernel, key.Name });
            row.HasOne<EvaluationRow>().WithMany().HasForeignKey(column => column.EvaluationId).OnDelete(DeleteBehavior.Cascade);
        });
        Table<BaselineRow>(model, "baselines", row =>
        {
            row.HasKey(key => new { key.TaskSha256, key.EnvironmentId, key.Name });
            row.HasOne<TaskRow>().WithMany().HasForeignKey(column => column.TaskSha256).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<EnvironmentRow>().WithMany().HasForeignKey(column => column.EnvironmentId).OnDelete(DeleteBehavior.NoAction);
        });
        Table<RoundRow>(model, "rounds", row =>
        {
            row.HasKey(key => new { key.RunId, key.Round });
            row.Property(column => column.Record).HasColumnType("json");
            row.HasOne<RunRow>().WithMany().HasForeignKey(column => column.RunId).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<SolutionRow>().WithMany().HasForeignKey(column => column.SolutionSha256).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<EvaluationRow>().WithMany().HasForeignKey(column => column.EvaluationId).OnDelete(DeleteBehavior.NoAction);
            row.HasIndex(index => index.SolutionSha256).HasDatabaseName("ix_rounds_solution_sha256");
        });
        Table<ModelCallRow>(model, "model_calls", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Entry).HasColumnType("json");
            row.Property(column => column.Id).UseIdentityByDefaultColumn();
            row.HasOne<RunRow>().WithMany().HasForeignKey(column => column.RunId).OnDelete(DeleteBehavior.NoAction);
            row.HasIndex(index => new { index.RunId, index.Role, index.Round, index.Mode, index.Ordinal }).IsUnique().HasDatabaseName("ix_model_calls_run_id_role_round_mode_ordinal");
        });
        Table<StepRow>(model, "steps", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Id).ValueGeneratedNever();
            row.HasIndex(index => new { index.OwnerId, index.Number }).IsUnique().HasDatabaseName("ix_steps_owner_id_number");
            row.HasIndex(index => new { index.Priority, index.CreatedAt }).IsDescending(true, false).HasFilter("state IN ('queued', 'running')").HasDatabaseName("ix_steps_open");
        });
        Table<EventRow>(model, "events", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Body).HasColumnType("json");
            row.Property(column => column.Id).UseIdentityByDefaultColumn();
            row.HasIndex(index => new { index.StreamId, index.Id }).HasDatabaseName("ix_events_stream_id_id");
        });
        Table<IdempotencyKeyRow>(model, "idempotency_keys", row =>
        {
            row.HasKey(key => new { key.Key, key.Operation });
        });
        Table<DatasetRow>(model, "datasets", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Parameters).HasColumnType("json");
            row.Property(column => column.Manifest).HasColumnType("json");
            row.Property(column => column.Id).ValueGeneratedNever();
        });
        Table<ScheduleCheckRow>(model, "schedule_checks", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Id).ValueGeneratedNever();
            row.HasOne<ScheduleRow>().WithMany().HasForeignKey(column => column.ScheduleId).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<SubmissionRow>().WithMany().HasForeignKey(column => column.SubmissionId).OnDelete(DeleteBehavior.NoAction);
            row.HasOne<EvaluationRow>().WithMany().HasForeignKey(column => column.OldEvaluationId).OnDelete(DeleteBehavior.NoAction);
            row.HasIndex(index => new { index.ScheduleId, index.CreatedAt }).HasDatabaseName("ix_schedule_checks_schedule_id_created_at");
            row.HasIndex(index => index.SubmissionId).IsUnique().HasDatabaseName("ix_schedule_checks_submission_id");
        });
        Table<ApiKeyRow>(model, "api_keys", row =>
        {
            row.HasKey(key => key.Id);
            row.Property(column => column.Id).ValueGeneratedNever();
            row.HasIndex(index => index.Sha256).IsUnique().HasDatabaseName("ix_api_keys_sha256");
        });
        Table<WorkerRow>(model, "workers", row =>
        {
            row.HasKey(key => key.Name);
            row.Property(column => column.Name).ValueGeneratedNever();
        });
        Table<BoardChangeRow>(model, "board_changes", row =>
        {
            row.HasKey(key => key.Xid);
            row.Property(column => column.Xid).HasColumnType("xid8").ValueGeneratedNever();
            row.HasIndex(index => index.CreatedAt).HasDatabaseName("ix_board_changes_created_at");
        });
    }

    private static void Table<TRow>(ModelBuilder model, string name, Action<EntityTypeBuilder<TRow>> configure)
        where TRow : class
    {
        var row = model.Entity<TRow>();
        row.ToTable(name);
        configure(row);
    }
}
