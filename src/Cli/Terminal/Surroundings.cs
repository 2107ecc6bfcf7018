using KernelForge.Cli.Runs;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Ptx;
using KernelForge.Contracts.Runs;
using KernelForge.Processes;

namespace KernelForge.Cli.Terminal;

/// <summary>What a verb has around it: streams, folders, the evaluator. Tests give their own.</summary>
internal sealed record Surroundings
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress and diagnostics.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input, for <c>eval TASK -</c>.</summary>
    public required Func<Stream> Input { get; init; }

    /// <summary>Standard output is a terminal that takes colours.</summary>
    public required bool Colours { get; init; }

    /// <summary>Columns of the terminal; without one, wide enough that nothing is wrapped.</summary>
    public required int Width { get; init; }

    /// <summary>The repository: <c>bench-tasks</c>, <c>prompts</c>.</summary>
    public required string Root { get; init; }

    /// <summary>The data folder.</summary>
    public required string Home { get; init; }

    /// <summary>The toolbox's root.</summary>
    public required string Toolbox { get; init; }

    /// <summary>Judges one solution.</summary>
    public required Func<EvaluationRequest, CancellationToken, Task<EvaluatorReply>> Evaluate { get; init; }

    /// <summary>Compiles one file and perhaps launches one of its kernels.</summary>
    public Func<PtxRequest, CancellationToken, Task<PtxReply>> Ptx { get; init; } = (request, cancellationToken) => new EvaluatorProcess().AnswerAsync(request, cancellationToken);

    /// <summary>Describes, prices and audits one task.</summary>
    public Func<SurveyRequest, CancellationToken, Task<SurveyReply>> Survey { get; init; } = (request, cancellationToken) => new EvaluatorProcess().SurveyAsync(request, cancellationToken);

    /// <summary>Searches for one task, telling what happens while it goes on.</summary>
    public Func<SearchOrder, Surroundings, Action<RunEvent>, CancellationToken, Task<RunReport>> Search { get; init; } = LocalSearch.RunAsync;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads a setting.</summary>
    public Func<string, string?> Setting { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>This process: its console, the launcher's folders, the evaluator beside it.</summary>
    public static Surroundings OfThisProcess()
    {
        var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        return new Surroundings
        {
            Out = Console.Out,
            Error = Console.Error,
            Input = Console.OpenStandardInput,
            Colours = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = terminal ? Math.Max(60, Console.WindowWidth) : Screen.Unbounded,
            Root = FindRoot(),
            Home = ToolboxPaths.Home(),
            Toolbox = ToolboxPaths.Toolbox(),
            Evaluate = (request, cancellationToken) => new EvaluatorProcess().EvaluateAsync(request, cancellationToken),
        };
    }

    /// <summary>A screen for results.</summary>
    public Screen NewScreen() => new(Out, Colours, Width);

    private static string FindRoot()
    {
        if (Environment.GetEnvironmentVariable("KERNELFORGE_ROOT") is { Length: > 0 } root)
        {
            return root;
        }

        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "KernelForge.sln")))
            {
                return folder;
            }
        }

        return Environment.CurrentDirectory;
    }
}
