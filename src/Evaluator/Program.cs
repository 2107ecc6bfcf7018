using System.IO.Pipes;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Ptx;
using KernelForge.Evaluator.Benchmarks;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Judging;
using KernelForge.Evaluator.Measurement;
using KernelForge.Evaluator.Platforms;
using KernelForge.Evaluator.Platforms.Sim;
using KernelForge.Evaluator.Ptx;
using KernelForge.Evaluator.Reference;
using KernelForge.Processes;

// Several programs in one file, so that one sandbox recipe fits all: the judge and its like, and the two children that they trust with nothing.
return args switch
{
    ["judge"] => await AnswerAsync(ContractsJson.Default.EvaluationRequest, ContractsJson.Default.EvaluatorReply, JudgeAsync, fault => new() { Fault = fault }),
    ["ptx"] => await AnswerAsync(ContractsJson.Default.PtxRequest, ContractsJson.Default.PtxReply, ExecuteAsync, fault => new() { Fault = fault }),
    ["survey"] => await AnswerAsync(ContractsJson.Default.SurveyRequest, ContractsJson.Default.SurveyReply, SurveyAsync, fault => new() { Fault = fault }),
    ["compile", .. var libraries] => await CompilerProcess.RunAsync(libraries, OpenInput(), CancellationToken.None),
    ["bench", "simulator", .. var root] => await WriteAsync(await SimulatorBench.RunAsync(root.FirstOrDefault(), CancellationToken.None), ContractsJson.Default.BenchReport),
    ["bench", "opencl", var implementation] => await WriteAsync(OpenClBench.Run(implementation), OpenClJson.Default.OpenClReport),
    ["run", "sim"] => await RunnerProgram.RunAsync(new SimPlatform(), OpenInput(), warm: false, CancellationToken.None),
    ["run", "sim", "warm"] => await RunnerProgram.RunAsync(new SimPlatform(), OpenInput(), warm: true, CancellationToken.None),
    _ => 64,
};

static Stream OpenInput() => new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

// Whatever happened, the parent gets an answer: whose fault it is, and what to do.
static async Task<int> AnswerAsync<TRequest, TReply>(
    JsonTypeInfo<TRequest> asked, JsonTypeInfo<TReply> told, Func<TRequest, Task<TReply>> answer, Func<EvaluatorFault, TReply> refuse)
{
    EvaluatorFault? fault = null;
    TReply reply;
    try
    {
        var request = await JsonSerializer.DeserializeAsync(OpenInput(), asked) ?? throw new JsonException("the request is null");
        reply = await answer(request);
    }
    catch (Exception error)
    {
        fault = FaultOf(error);
        reply = refuse(fault);
    }

    var written = await WriteAsync(reply, told);
    return fault?.ExitCode ?? written;
}

static async Task<EvaluatorReply> JudgeAsync(EvaluationRequest request)
{
    await using var judge = new SolutionJudge(request);
    return new EvaluatorReply { Outcome = await judge.JudgeAsync(CancellationToken.None) };
}

static async Task<PtxReply> ExecuteAsync(PtxRequest request)
{
    await using var session = new PtxSession(request);
    return await session.AnswerAsync(CancellationToken.None);
}

static async Task<SurveyReply> SurveyAsync(SurveyRequest request) => new() { Survey = await TaskSurveyor.SurveyAsync(request, CancellationToken.None) };

static async Task<int> WriteAsync<T>(T document, JsonTypeInfo<T> type)
{
    if (Environment.GetEnvironmentVariable(ChildProcess.PipeVariable) is not { Length: > 0 } descriptor)
    {
        return 64;
    }

    await using var pipe = new AnonymousPipeClientStream(PipeDirection.Out, descriptor);
    await JsonSerializer.SerializeAsync(pipe, document, type);
    return 0;
}

static EvaluatorFault FaultOf(Exception error) => error switch
{
    EvaluationFaultException fault => new EvaluatorFault { ExitCode = fault.ExitCode, Message = fault.Message },
    TaskFileException => new EvaluatorFault { ExitCode = 65, Message = error.Message },
    ReferenceUnavailableException or CompilerMissingException or ChildStartException => new EvaluatorFault { ExitCode = 69, Message = error.Message },
    JsonException => new EvaluatorFault { ExitCode = 64, Message = $"the request is no JSON of the contract: {error.Message}" },
    RunnerFaultException or CompilerBrokenException => new EvaluatorFault { ExitCode = 70, Message = error.Message },
    _ => new EvaluatorFault { ExitCode = 70, Message = $"an error of KernelForge itself; please report it: {error}" },
};
