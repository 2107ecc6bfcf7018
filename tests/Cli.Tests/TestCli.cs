using KernelForge.Cli.Runs;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Ptx;
using KernelForge.Contracts.Runs;

namespace KernelForge.Cli.Tests;

/// <summary>The command line with a small suite of its own, and an evaluator and a search that answer what the test says.</summary>
internal sealed class TestCli : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kernelforge-cli-tests-");
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public TestCli()
    {
        Directory.CreateDirectory(Home);
        AddTask("activation/gelu", "PRESETS = {\"small\": {\"rows\": 3}, \"odd\": {}, \"full\": {}}\n");
        AddTask("activation/relu", "PRESETS = {\n    \"small\": {\"rows\": 3},\n    \"full\": {},\n}\nOTHER = {\"large\": {}}\n");
        AddTask("matmul/square_matrix_multiplication", "x = 1\n");
        File.WriteAllText(
            Path.Combine(Root, "bench-tasks/index.json"),
            """[{ "name": "activation/gelu", "origin": "kernelbench", "kernelbench": "L1/26", "difficulty": "easy" }]""");
    }

    public string Root => _folder.FullName;

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public Func<EvaluationRequest, EvaluatorReply> Evaluate { get; set; } = _ => throw new InvalidOperationException("nobody was to be judged");

    public Func<SearchOrder, Action<RunEvent>, RunReport> Search { get; set; } = (_, _) => throw new InvalidOperationException("nothing was to be searched");

    public Func<SurveyRequest, CancellationToken, Task<SurveyReply>> Survey { get; set; } = (_, _) => throw new InvalidOperationException("nothing was to be audited");

    public Func<PtxRequest, PtxReply> Ptx { get; set; } = _ => throw new InvalidOperationException("nothing was to be compiled or launched");

    public MemoryStream Input { get; } = new();

    /// <summary>What the environment would say.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    public string Home => Path.Combine(Root, "home");

    public string? Toolbox { get; init; }

    public Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        CommandLine.RunAsync(
            arguments,
            new Surroundings
            {
                Out = _out,
                Error = _error,
                Input = () => Input,
                Colours = false,
                Width = Screen.Unbounded,
                Root = Root,
                Home = Home,
                Toolbox = Toolbox ?? Path.Combine(Home, "toolbox"),
                Evaluate = (request, cancelled) =>
                {
                    cancelled.ThrowIfCancellationRequested();
                    return Task.FromResult(Evaluate(request));
                },
                Survey = (request, cancelled) => Survey(request, cancelled),
                Ptx = (request, _) => Task.FromResult(Ptx(request)),
                Search = (order, _, happened, _) => Task.FromResult(Search(order, happened)),
                Setting = Settings.GetValueOrDefault,
            },
            cancellationToken);

    public string AddFile(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Forgets what was written so far.</summary>
    public void Clear()
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
    }

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _out.Dispose();
        _error.Dispose();
        Input.Dispose();
    }

    private void AddTask(string name, string text) => AddFile($"bench-tasks/{name}.py", text);
}
