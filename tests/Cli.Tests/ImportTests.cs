using System.Text.Json;

namespace KernelForge.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private const string Good = "class Model: pass\ndef get_inputs(): return []\ndef get_init_inputs(): return []\n";
    private readonly TestCli _cli = new();
    private readonly List<string> _audited = [];

    public ImportTests() => _cli.Survey = (request, _) =>
    {
        lock (_audited)
        {
            _audited.Add(request.TaskName);
        }

        var text = File.ReadAllText(request.TaskPath);
        return Task.FromResult(
            text.Contains("# broken", StringComparison.Ordinal) ? Surveys.Wrong(request, "line 4: SyntaxError: invalid syntax")
            : text.Contains("# odd", StringComparison.Ordinal) ? Surveys.Fault(70, "an error of KernelForge itself")
            : Surveys.Of(request, text.Contains("# flaw", StringComparison.Ordinal) ? "zeros pass" : null));
    };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task A_KernelBench_checkout_keeps_its_names_levels_and_numbers()
    {
        var folder = KernelBench();

        var report = await ImportAsync(folder);

        Assert.Equal(
            [
                ("imported/level1/19_ReLU", "L1/19", null, "new", "ranked", null),
                ("imported/level1/26_GELU_", "L1/26", "activation/gelu", "new", "unranked", "zeros pass"),
                ("imported/level2/7_Broken", "L2/7", null, "new", "cannot_run", "line 4: SyntaxError: invalid syntax"),
            ],
            report.GetProperty("tasks").EnumerateArray().Select(task => (Text(task, "name"), Text(task, "kernelbench"), Text(task, "ours"), Text(task, "change"), Text(task, "verdict"), Text(task, "reason"))));
        Assert.Equal(Good, await File.ReadAllTextAsync(Path.Combine(_cli.Home, "tasks/imported/level1/19_ReLU.py"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("bench/KernelBench")]
    [InlineData("bench/KernelBench/level1")]
    [InlineData("bench/KernelBench/level1/")]
    public async Task An_inner_folder_holds_the_same_tasks(string folder)
    {
        KernelBench();

        Assert.Contains("imported/level1/19_ReLU", Names((await ImportAsync(Path.Combine(_cli.Root, folder))).GetProperty("tasks")));
    }

    [Theory]
    [InlineData("multi")]
    [InlineData("multi/reference")]
    [InlineData("multi/reference/activation")]
    public async Task A_MultiKernelBench_checkout_keeps_its_categories_and_hides_none_of_ours(string folder)
    {
        _cli.AddFile("multi/reference/activation/gelu.py", Good);
        _cli.AddFile("multi/reference/activation/__init__.py", "");

        var task = Assert.Single((await ImportAsync(Path.Combine(_cli.Root, folder))).GetProperty("tasks").EnumerateArray());

        Assert.Equal(("imported/activation/gelu", null), (Text(task, "name"), Text(task, "kernelbench")));
        Assert.Equal("activation/gelu", await ShownAsync("activation/gelu"));
        Assert.Equal("imported/activation/gelu", await ShownAsync("imported/activation/gelu"));
    }

    [Fact]
    public async Task What_cannot_run_is_told_with_file_and_line()
    {
        await _cli.RunAsync("tasks", "import", KernelBench());

        Assert.Contains("cannot run", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("KernelBench/level2/7_Broken.py: line 4: SyntaxError: invalid syntax", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("3 tasks: 3 new, 0 changed, 0 as before; 1 rank, 1 do not, 1 cannot run", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_import_of_the_same_files_does_nothing_new()
    {
        var first = await ImportAsync(KernelBench());
        _audited.Clear();

        var second = await ImportAsync(KernelBench());

        Assert.Empty(_audited);
        Assert.All(second.GetProperty("tasks").EnumerateArray(), task => Assert.Equal("same", Text(task, "change")));
        Assert.Equal(Verdicts(first), Verdicts(second));
    }

    [Fact]
    public async Task What_changed_is_taken_anew_and_what_is_gone_stays_and_is_named()
    {
        var folder = KernelBench();
        await ImportAsync(folder);
        _audited.Clear();
        _cli.AddFile("bench/KernelBench/level1/19_ReLU.py", Good + "# flaw\n");
        Directory.Delete(Path.Combine(folder, "KernelBench/level2"), recursive: true);

        var report = await ImportAsync(folder);

        Assert.Equal(["imported/level1/19_ReLU"], _audited);
        Assert.Equal("unranked", Verdicts(report)[0]);
        Assert.Equal("imported/level2/7_Broken", Assert.Single(report.GetProperty("gone").EnumerateArray()).GetString());
        Assert.Equal("imported/level2/7_Broken", await ShownAsync("imported/level2/7_Broken"));
    }

    [Fact]
    public async Task Another_suite_makes_none_of_the_first_one_gone()
    {
        await ImportAsync(KernelBench());
        _cli.AddFile("multi/reference/activation/gelu.py", Good);

        var report = await ImportAsync(Path.Combine(_cli.Root, "multi"));

        Assert.Empty(report.GetProperty("gone").EnumerateArray());
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_taken_and_takes_nothing()
    {
        Assert.Equal(0, await _cli.RunAsync("tasks", "import", KernelBench(), "--dry-run"));

        Assert.Contains("3 tasks: 3 new, 0 changed, 0 as before; nothing was taken", _cli.Out, StringComparison.Ordinal);
        Assert.Empty(_audited);
        Assert.False(Directory.Exists(Path.Combine(_cli.Home, "tasks")));
    }

    [Fact]
    public async Task Nothing_of_another_suite_enters_the_repository()
    {
        var before = Directory.GetFiles(Path.Combine(_cli.Root, "bench-tasks"), "*", SearchOption.AllDirectories);

        await ImportAsync(KernelBench());

        Assert.Equal(before, Directory.GetFiles(Path.Combine(_cli.Root, "bench-tasks"), "*", SearchOption.AllDirectories));
        Assert.False(Directory.Exists(Path.Combine(_cli.Root, "docs")));
    }

    [Theory]
    [InlineData("kernelbench:L1/26", "activation/gelu")]
    [InlineData("kernelbench:L1/19", "imported/level1/19_ReLU")]
    [InlineData("kernelbench:l2/7", "imported/level2/7_Broken")]
    public async Task A_number_means_our_own_task_and_the_imported_one_where_we_have_none(string asked, string expected)
    {
        await ImportAsync(KernelBench());

        Assert.Equal(expected, await ShownAsync(asked));
    }

    [Fact]
    public async Task The_list_holds_imported_tasks_with_their_verdicts()
    {
        await ImportAsync(KernelBench());

        await _cli.RunAsync("tasks", "list", "--origin", "imported", "--verdict", "unranked", "--json");

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal(["zeros pass", "cannot run: line 4: SyntaxError: invalid syntax"], document.RootElement.EnumerateArray().Select(task => Text(task, "reason")));
        Assert.All(document.RootElement.EnumerateArray(), task => Assert.StartsWith("level", Text(task, "category"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_imported_task_is_judged_by_its_name()
    {
        await ImportAsync(KernelBench());
        string? judged = null;
        _cli.Evaluate = request =>
        {
            judged = request.TaskPath;
            return new() { Fault = new() { ExitCode = 69, Message = "no more is asked" } };
        };

        await _cli.RunAsync("eval", "imported/level1/19_ReLU", _cli.AddFile("solution.cu", "x"));

        Assert.Equal(Path.Combine(_cli.Home, "tasks/imported/level1/19_ReLU.py"), judged);
    }

    [Fact]
    public async Task A_file_that_is_no_task_is_left_out_and_named()
    {
        KernelBench();
        _cli.AddFile("bench/KernelBench/level1/helpers.py", "x = 1\n");
        _cli.AddFile("bench/KernelBench/level1/odd name.py", Good);
        File.CreateSymbolicLink(Path.Combine(_cli.Root, "bench/KernelBench/level1/99_Link.py"), Path.Combine(_cli.Root, "bench/KernelBench/level1/19_ReLU.py"));
        await File.WriteAllBytesAsync(Path.Combine(_cli.Root, "bench/KernelBench/level1/98_Bytes.py"), [0x61, 0xff], TestContext.Current.CancellationToken);

        var report = await ImportAsync(Path.Combine(_cli.Root, "bench"));

        Assert.Equal(3, report.GetProperty("tasks").GetArrayLength());
        Assert.Equal(
            [
                "KernelBench/level1/98_Bytes.py: expected UTF-8, found a byte 0xff at 1 that is none",
                "KernelBench/level1/99_Link.py: it is a link; links are not followed",
                "KernelBench/level1/helpers.py: it is no task: it has neither class Model nor def get_inputs",
                "KernelBench/level1/odd name.py: a task's and a category's name has letters, digits, _, - and . alone",
            ],
            report.GetProperty("left").EnumerateArray().Select(file => $"{Text(file, "file")}: {Text(file, "reason")}"));
    }

    [Theory]
    [InlineData("nowhere", "there is no folder")]
    [InlineData("bench-tasks/index.json", "is a file; expected a checkout of KernelBench (KernelBench/level1/19_ReLU.py)")]
    [InlineData("home", "found an empty folder")]
    [InlineData("bench-tasks", "found activation/, index.json, matmul/")]
    [InlineData("helpers", "found level1/utils.py: it is no task: it has neither class Model nor def get_inputs")]
    [InlineData("twice", "KernelBench/level1/1_A.py and level1/1_A.py would both be imported/level1/1_A")]
    public async Task A_folder_that_is_something_else_exits_65_with_what_was_expected_and_found(string folder, string says)
    {
        _cli.AddFile("helpers/level1/utils.py", "x = 1\n");
        _cli.AddFile("twice/level1/1_A.py", Good);
        _cli.AddFile("twice/KernelBench/level1/1_A.py", Good);

        Assert.Equal(65, await _cli.RunAsync("tasks", "import", Path.Combine(_cli.Root, folder)));

        Assert.Contains(says, _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", _cli.Error.TrimEnd(), StringComparison.Ordinal);
        Assert.Empty(_cli.Out);
    }

    [Fact]
    public async Task Without_a_toolbox_the_import_says_so_and_resumes_later()
    {
        var survey = _cli.Survey;
        _cli.Survey = (_, _) => Task.FromResult(Surveys.Fault(69, "PyTorch cannot be had: ./kernelforge setup"));

        Assert.Equal(69, await _cli.RunAsync("tasks", "import", KernelBench()));
        Assert.Contains("./kernelforge setup", _cli.Error, StringComparison.Ordinal);

        _cli.Survey = survey;
        Assert.Equal(["ranked", "unranked", "cannot_run"], Verdicts(await ImportAsync(KernelBench())));
    }

    [Fact]
    public async Task An_audit_that_fails_by_our_own_fault_stops_no_other_and_exits_70()
    {
        _cli.AddFile("bench/KernelBench/level1/20_Odd.py", Good + "# odd\n");

        Assert.Equal(70, await _cli.RunAsync("tasks", "import", KernelBench(), "--json"));

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.Equal(["ranked", "not_audited", "unranked", "cannot_run"], Verdicts(document.RootElement));
    }

    [Fact]
    public async Task Two_imports_do_not_go_on_at_once()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_cli.Home, "tasks/imported")).FullName;
        using var other = new FileStream(Path.Combine(folder, "import.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Equal(69, await _cli.RunAsync("tasks", "import", KernelBench()));

        Assert.Contains("another import", _cli.Error, StringComparison.Ordinal);
    }

    private string KernelBench()
    {
        AddNew("bench/KernelBench/level1/19_ReLU.py", Good);
        AddNew("bench/KernelBench/level1/26_GELU_.py", Good + "# flaw\n");
        AddNew("bench/KernelBench/level2/7_Broken.py", Good + "# broken\n");
        AddNew("bench/KernelBench/changelog/v0.2", "text");
        AddNew("bench/src/eval.py", "x = 1\n");
        return Path.Combine(_cli.Root, "bench");
    }

    private void AddNew(string name, string text)
    {
        if (!File.Exists(Path.Combine(_cli.Root, name)))
        {
            _cli.AddFile(name, text);
        }
    }

    private async Task<JsonElement> ImportAsync(string folder)
    {
        _cli.Clear();
        Assert.Equal((0, ""), (await _cli.RunAsync("tasks", "import", folder, "--json"), string.Concat(_cli.Error.Split('\n').Where(line => line.StartsWith("kernelforge", StringComparison.Ordinal)))));
        using var document = JsonDocument.Parse(_cli.Out);
        _cli.Clear();
        return document.RootElement.Clone();
    }

    private async Task<string?> ShownAsync(string task)
    {
        _cli.Clear();
        Assert.Equal(0, await _cli.RunAsync("tasks", "show", task, "--json"));
        using var document = JsonDocument.Parse(_cli.Out);
        return Text(document.RootElement, "name");
    }

    private static IEnumerable<string?> Names(JsonElement tasks) => tasks.EnumerateArray().Select(task => Text(task, "name"));

    private static List<string?> Verdicts(JsonElement report) => [.. report.GetProperty("tasks").EnumerateArray().Select(task => Text(task, "verdict"))];

    private static string? Text(JsonElement from, string name) => from.GetProperty(name).GetString();
}
