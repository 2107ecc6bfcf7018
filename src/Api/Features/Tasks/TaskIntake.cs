using System.Security.Cryptography;
using System.Text.RegularExpressions;
using KernelForge.Agents.Suite;
using KernelForge.Api.Rest;
using KernelForge.Contracts.Service;
using Npgsql;

namespace KernelForge.Api.Features.Tasks;

/// <summary>Takes task files that users bring. Nothing of one runs here: the reference worker reads it in its sandbox when it is first judged.</summary>
internal sealed partial class TaskIntake(NpgsqlDataSource database, TaskCatalogue catalogue, TaskReader reader)
{
    /// <summary>Where such tasks come from, by their <c>origin</c>.</summary>
    public const string Origin = "user";

    private const int MostSourceBytes = 1024 * 1024;
    private const int MostNameLength = 100;

    /// <summary>Makes a text the current version of a task.</summary>
    /// <exception cref="RefusedException">It cannot be a task, or its name or text is another's.</exception>
    public async Task<ServiceTask> KeepAsync(TaskOrder order, CancellationToken cancellationToken)
    {
        if (order.Name.Length > MostNameLength || !Name().IsMatch(order.Name))
        {
            throw RefusedException.Bad("name", $"expected NAME or category/name of letters, digits, _ and -, at most {MostNameLength} characters, found '{Texts.Name("name", order.Name)}'");
        }

        var source = Texts.File("source", order.Source, MostSourceBytes);
        foreach (var (part, pattern) in new[] { ("class Model", ModelClass()), ("def get_inputs", InputsFunction()) })
        {
            if (!pattern.IsMatch(order.Source))
            {
                throw RefusedException.Bad("source", $"expected a Python file with class Model, get_inputs and get_init_inputs, as KernelBench has them; found no '{part}'");
            }
        }

        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await catalogue.AloneAsync(connection, cancellationToken);
            await RequireFreeAsync(connection, order.Name, Convert.ToHexStringLower(SHA256.HashData(source)), cancellationToken);
            TaskEntry entry = new()
            {
                Name = order.Name,
                Category = order.Name[..Math.Max(0, order.Name.IndexOf('/', StringComparison.Ordinal))],
                Origin = Origin,
                Reason = "not audited yet",
                Presets = TaskSuite.PresetsOf(order.Source),
            };
            await catalogue.KeepAsync(connection, entry, order.Source, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return (await reader.FindAsync(order.Name, cancellationToken))!;
    }

    private static async Task RequireFreeAsync(NpgsqlConnection connection, string name, string sha256, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("SELECT name, origin FROM tasks WHERE (current AND name = $1) OR sha256 = $2", connection);
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(sha256);
        await using var taken = await command.ExecuteReaderAsync(cancellationToken);
        while (await taken.ReadAsync(cancellationToken))
        {
            if (taken.GetString(0) != name)
            {
                throw new RefusedException(StatusCodes.Status409Conflict, $"source: this text is task {taken.GetString(0)} already; use that one", "source");
            }

            if (taken.IsDBNull(1) || taken.GetString(1) != Origin)
            {
                throw new RefusedException(StatusCodes.Status409Conflict, $"name: {name} is a task of the suite; choose another name", "name");
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_-]*(/[A-Za-z0-9_][A-Za-z0-9_-]*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^class\s+Model\b", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ModelClass();

    [GeneratedRegex(@"^def\s+get_inputs\b", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex InputsFunction();
}
