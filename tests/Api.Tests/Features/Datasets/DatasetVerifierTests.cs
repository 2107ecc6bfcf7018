using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KernelForge.Api.Features.Datasets;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Service;

namespace KernelForge.Api.Tests.Features.Datasets;

public sealed class DatasetVerifierTests(ServiceFixture fixture)
{
    private const string Train = "data/train-00000-of-00001.jsonl";

    [Fact]
    public async Task An_untouched_dataset_is_intact()
    {
        using var output = await ExportedAsync();

        var verification = DatasetVerifier.Verify(output.Path);

        Assert.Empty(verification.Problems);
        Assert.True(verification.Intact);
        Assert.Equal((3, 3L), (verification.Files, verification.Rows));
    }

    [Fact]
    public async Task A_changed_byte_is_found()
    {
        using var output = await ExportedAsync();
        Change(output, "README.md", text => text.Replace("CUDA", "cuda", StringComparison.Ordinal));

        Expect(output, "README.md", null, "expected SHA-256");
    }

    [Fact]
    public async Task A_file_that_is_missing_is_found()
    {
        using var output = await ExportedAsync();
        File.Delete(Path.Combine(output.Path, Train));

        Expect(output, Train, null, "it is not there");
    }

    [Fact]
    public async Task A_file_that_nobody_listed_is_found()
    {
        using var output = await ExportedAsync();
        await File.WriteAllTextAsync(Path.Combine(output.Path, "data", "more.jsonl"), "{}\n", TestContext.Current.CancellationToken);

        Expect(output, "data/more.jsonl", null, "does not list it");
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_found()
    {
        using var output = await ExportedAsync();
        Change(output, Train, text => text[..^100]);

        Expect(output, Train, null, "expected SHA-256");
        Expect(output, Train, 3, "cut off");
    }

    [Fact]
    public async Task Code_that_was_altered_together_with_the_manifest_is_found_in_its_line()
    {
        using var output = await ExportedAsync();
        ChangeLine(output, 2, line => line.Replace("fmaxf", "fminf", StringComparison.Ordinal));
        Reseal(output);

        Expect(output, Train, 2, "the code has SHA-256");
    }

    [Fact]
    public async Task A_line_that_is_no_json_is_found()
    {
        using var output = await ExportedAsync();
        ChangeLine(output, 1, line => line[..^5]);
        Reseal(output);

        Expect(output, Train, 1, "it is not a row of format sft");
    }

    [Fact]
    public async Task A_row_that_stands_twice_is_found()
    {
        using var output = await ExportedAsync();
        Change(output, Train, text => text + text[..(text.IndexOf('\n', StringComparison.Ordinal) + 1)]);
        Reseal(output);

        Expect(output, Train, 4, "is there twice");
        Expect(output, "manifest.json", null, "expected 3 rows, found 4");
    }

    [Fact]
    public async Task A_task_in_two_splits_is_found()
    {
        using var output = await ExportedAsync();
        var validation = Path.Combine(output.Path, "data/validation-00000-of-00001.jsonl");
        var lines = await File.ReadAllLinesAsync(Path.Combine(output.Path, Train), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(validation, lines[2] + "\n", TestContext.Current.CancellationToken);
        Change(output, Train, text => string.Concat(lines.Take(2).Select(line => line + "\n")));
        Reseal(output, "data/validation-00000-of-00001.jsonl");

        Expect(output, "data/validation-00000-of-00001.jsonl", 1, "task activation/mine is in train too");
    }

    [Fact]
    public async Task A_funnel_that_does_not_add_up_is_found()
    {
        using var output = await ExportedAsync();
        ChangeManifest(output, manifest => manifest with { Funnel = manifest.Funnel with { Compiled = 99 } });

        Expect(output, "funnel.json", null, "other counts than manifest.json");
    }

    [Fact]
    public async Task A_folder_of_an_older_form_is_not_called_intact()
    {
        using var output = await ExportedAsync();
        ChangeManifest(output, manifest => manifest with { FormatVersion = 1 });

        Expect(output, "manifest.json", null, "its form is version 1, this program checks version 2");
    }

    [Fact]
    public async Task A_manifest_that_leads_out_of_the_folder_is_found_and_not_followed()
    {
        using var output = await ExportedAsync();
        ChangeManifest(output, manifest => manifest with { Files = [.. manifest.Files, new DatasetFile { Name = "../../etc/passwd", Sha256 = "", Bytes = 0 }] });

        Expect(output, "manifest.json", null, "'../../etc/passwd', which is no name");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_problem_not_a_crash() =>
        Assert.Contains("there is no folder", Assert.Single(DatasetVerifier.Verify("/nowhere/at/all").Problems).Message, StringComparison.Ordinal);

    private static void Expect(OutputFolder output, string file, long? line, string message)
    {
        var problems = DatasetVerifier.Verify(output.Path).Problems;
        Assert.True(
            problems.Any(problem => problem.File == file && problem.Line == line && problem.Message.Contains(message, StringComparison.Ordinal)), $"found: {string.Join("\n", problems)}");
    }

    private async Task<OutputFolder> ExportedAsync()
    {
        await using var attempts = await SeededAttempts.OpenAsync(fixture);
        OutputFolder output = new();
        foreach (var mark in (string[])["a", "b", "c"])
        {
            await attempts.AddAsync(mark: mark);
        }

        await new DatasetExporter(attempts.Database, Repository.Root).ExportAsync(new DatasetOrder { ValidationShare = 0 }, output.Path, TestContext.Current.CancellationToken);
        return output;
    }

    private static void Change(OutputFolder output, string name, Func<string, string> change) =>
        File.WriteAllText(Path.Combine(output.Path, name), change(File.ReadAllText(Path.Combine(output.Path, name))));

    private static void ChangeLine(OutputFolder output, int number, Func<string, string> change) => Change(output, Train, text =>
    {
        var lines = text.Split('\n');
        lines[number - 1] = change(lines[number - 1]);
        return string.Join('\n', lines);
    });

    private static void ChangeManifest(OutputFolder output, Func<DatasetManifest, DatasetManifest> change) => Change(
        output, "manifest.json", text => JsonSerializer.Serialize(change(JsonSerializer.Deserialize(text, ContractsJson.Default.DatasetManifest)!), ContractsJson.Default.DatasetManifest));

    /// <summary>Makes the manifest fit the files again, as somebody who hides a change would.</summary>
    private static void Reseal(OutputFolder output, params string[] more) => ChangeManifest(output, manifest => manifest with
    {
        Files = [.. manifest.Files.Concat(more.Select(name => new DatasetFile { Name = name, Sha256 = "", Bytes = 0, Rows = 0 })).Select(file => Seal(output, file))],
    });

    private static DatasetFile Seal(OutputFolder output, DatasetFile file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(output.Path, file.Name));
        return file with
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            Bytes = bytes.Length,
            Rows = file.Rows is null ? null : Encoding.UTF8.GetString(bytes).Count(character => character == '\n'),
        };
    }
}
