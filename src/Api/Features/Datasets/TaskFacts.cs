using KernelForge.Agents.Suite;
using KernelForge.Api.Features.Datasets.Benchmark;
using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary>Says of every version of a task what recipes and gates ask: its cluster, whether it is one operator, whether it is the benchmark's. Tasks are few.</summary>
internal sealed class TaskFacts(NpgsqlConnection connection, SuiteRecords records)
{
    private const string Level1 = "L1/";

    /// <summary>Fills <c>task_facts</c>.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var tasks = await ReadAsync(cancellationToken);
        BenchmarkTasks benchmark = new(tasks, records);
        await using NpgsqlCommand write = new("INSERT INTO task_facts (sha256, cluster, single_operator, benchmark) SELECT * FROM unnest($1, $2, $3, $4)", connection);
        write.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tasks.Select(task => task.Sha256)] });
        write.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tasks.Select(task => TaskSplit.ClusterOf(task.Name))] });
        write.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. tasks.Select(IsSingleOperator)] });
        write.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. tasks.Select(benchmark.Match)] });
        await write.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Eager PyTorch launches one operator, by the task's survey; without one, KernelBench's first level, which is of single operators.</summary>
    private bool IsSingleOperator(TaskText task) => records.Cost(task.Name, task.Sha256) is { } record
        ? record.Cost.Operators.Sum(item => item.Count) == 1
        : task.Kernelbench?.StartsWith(Level1, StringComparison.Ordinal) == true;

    private async Task<List<TaskText>> ReadAsync(CancellationToken cancellationToken)
    {
        List<TaskText> tasks = [];
        await using NpgsqlCommand command = new("SELECT sha256, name, kernelbench, source FROM tasks ORDER BY name, created_at, sha256", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            tasks.Add(new TaskText(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3)));
        }

        return tasks;
    }
}
