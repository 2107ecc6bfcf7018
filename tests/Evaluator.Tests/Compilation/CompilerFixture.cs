using KernelForge.Contracts.Plans;
using KernelForge.Evaluator.Compilation;
using KernelForge.Processes;

namespace KernelForge.Evaluator.Tests.Compilation;

/// <summary>One compiler process for all tests that need NVRTC; they skip where the toolbox or the sandbox is missing.</summary>
public sealed class CompilerFixture : IAsyncLifetime
{
    private CompilerClient? _client;

    public string Home { get; } = Directory.CreateTempSubdirectory("kernelforge-compile-").FullName;

    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        try
        {
            _client = NewClient();
            Missing = await Sandbox.ProblemAsync(ToolboxPaths.Toolbox(), CancellationToken.None);
        }
        catch (CompilerMissingException missing)
        {
            Missing = missing.Message;
        }
    }

    /// <summary>The shared client.</summary>
    public CompilerClient Client
    {
        get
        {
            if (Missing is not null && Environment.GetEnvironmentVariable("KERNELFORGE_REQUIRE_TOOLBOX") == "1")
            {
                Assert.Fail($"KERNELFORGE_REQUIRE_TOOLBOX=1, but {Missing}");
            }

            Assert.SkipUnless(Missing is null, Missing ?? "");
            return _client!;
        }
    }

    /// <summary>A client of its own, for tests that stop the process.</summary>
    public CompilerClient NewClient(TimeSpan? timeout = null, long? memoryBytes = null) => new(new CompilerSettings
    {
        Toolbox = ToolboxPaths.Toolbox(),
        Home = Home,
        Timeout = timeout ?? TimeSpan.FromSeconds(60),
        MemoryBytes = memoryBytes ?? 4L << 30,
    });

    /// <summary>A request for kernels by name.</summary>
    public static CompileRequest Request(string source, params string[] kernels) => new()
    {
        Source = source,
        Kernels = [.. kernels.Select((k, i) => new PlanExpression(k, $"launches[{i}].kernel"))],
        Architecture = "sm_90a",
    };

    /// <summary>Compiles and expects success.</summary>
    public async Task<CompileResult> CompileAsync(string source, params string[] kernels)
    {
        CompileOutcome outcome = await Client.CompileAsync(Request(source, kernels), TestContext.Current.CancellationToken);
        return outcome as CompileResult ?? throw new InvalidOperationException(((CompileFailure)outcome).Diagnostics);
    }

    /// <summary>Compiles and expects a failure.</summary>
    public async Task<CompileFailure> FailAsync(string source, params string[] kernels)
        => Assert.IsType<CompileFailure>(await Client.CompileAsync(Request(source, kernels), TestContext.Current.CancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        Directory.Delete(Home, recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class CompilerGroup : ICollectionFixture<CompilerFixture>
{
    public const string Name = "compiler";
}
