using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Runs;
using Npgsql;

namespace KernelForge.Api.Features.Datasets;

/// <summary>An attempt as the database holds it, with what is said of it in other tables.</summary>
internal sealed record StoredAttempt
{
    public required AttemptRecord Record { get; init; }

    /// <summary>The round's word on which solution it was.</summary>
    public required string? SolutionSha256 { get; init; }

    /// <summary>The stored verdict's word on which solution was judged.</summary>
    public required string? JudgedSha256 { get; init; }

    /// <summary>The stored solution's text.</summary>
    public required string? Code { get; init; }

    /// <summary>Columns that <see cref="Read"/> reads.</summary>
    public const int Columns = 4;

    /// <summary>Reads a record, the round's hash, the verdict and the solution's text from a column on.</summary>
    public static StoredAttempt Read(NpgsqlDataReader row, int first)
    {
        string? Text(int column) => row.IsDBNull(first + column) ? null : row.GetString(first + column);
        return new StoredAttempt
        {
            Record = Parse(row.GetString(first), null, null),
            SolutionSha256 = Text(1),
            JudgedSha256 = Text(2) is { } outcome ? Judged(outcome) : null,
            Code = Text(3),
        };
    }

    /// <summary>Reads a record's JSON.</summary>
    /// <exception cref="DatasetException">It is none.</exception>
    public static AttemptRecord Parse(string json, Guid? run, int? round)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ContractsJson.Default.AttemptRecord) ?? throw new JsonException("null");
        }
        catch (JsonException error)
        {
            throw new DatasetException($"the record of {(run is null ? "a round" : $"attempt {run}/{round}")} is not an attempt: {error.Message}; nothing was exported. The row was altered by something else than KernelForge: restore it.", error);
        }
    }

    /// <summary>SHA-256 of a text as UTF-8, lower-case hex.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The code exported is the code measured, byte for byte, or nothing is exported.</summary>
    /// <exception cref="DatasetException">It is not.</exception>
    public void CheckCode()
    {
        if (Record.Code is null && SolutionSha256 is null)
        {
            return;
        }

        var measured = JudgedSha256 ?? Record.Outcome.Solution.Sha256;
        Expect("the code of its record", Record.Code is null ? "nothing" : HashOf(Record.Code), measured);
        Expect("the stored solution", Code is null ? "nothing" : HashOf(Code), measured);
        Expect("its record's hash", Record.Sha256, measured);
        Expect("its round's hash", SolutionSha256, measured);
        Expect("its record's verdict", Record.Outcome.Solution.Sha256, measured);
    }

    private void Expect(string what, string? found, string measured)
    {
        if (found != measured)
        {
            throw new DatasetException(
                $"attempt {Record.Id}: the code measured has SHA-256 {measured}, {what} has {found ?? "none"}; nothing was exported. "
                + "Something else than KernelForge altered the rows: restore them, or remove the attempt, and export again.");
        }
    }

    private static string Judged(string outcome)
    {
        using var document = JsonDocument.Parse(outcome);
        return document.RootElement.GetProperty("solution").GetProperty("sha256").GetString() ?? "none";
    }
}
