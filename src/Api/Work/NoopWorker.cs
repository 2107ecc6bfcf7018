using Npgsql;

namespace KernelForge.Api.Work;

/// <summary>A step without work: what <c>bench service</c> measures the machinery with.</summary>
internal sealed class NoopWorker(NpgsqlDataSource database, StepStore steps) : IStepWorker
{
    /// <inheritdoc/>
    public string Kind => "noop";

    /// <inheritdoc/>
    public async Task RunAsync(StepClaim claim, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await StepStore.CheckFenceAsync(connection, claim, cancellationToken);
        await steps.FinishAsync(connection, claim, Lifecycle.Succeeded, null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
