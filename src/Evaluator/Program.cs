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
    ["judge"] => await JudgeAsync(),
    ["ptx"] => await PtxAsync(),
    ["survey"] => await SurveyAsync(),
    ["compile", .. var libraries] => await CompilerProcess.RunAsync(libraries, OpenInput(), CancellationToken.None),
    ["bench", "simulator", .. var root] => await WriteAsync(await SimulatorBench.RunAsync(root.FirstOrDefault(), CancellationToken.None), ContractsJson.Default.BenchReport),
    ["bench", "opencl", var implementation] => await WriteAsync(OpenClBench.Run(implementation), OpenClJson.Default.OpenClReport),
    ["run", "sim"] => await RunnerProgram.RunAsync(new SimPlatform(), OpenInput(), warm: false, CancellationToken.None),
    ["run", "sim", "warm"] => await RunnerProgram.RunAsync(new SimPlatform(), OpenInput(), warm: true, CancellationToken.None),
    _ => 64,
};

static Stream OpenInput() => new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

static async Task<int> JudgeAsync()
{
    var reply = await ReplyAsync();
    var written = await WriteAsync(reply, ContractsJson.Default.EvaluatorReply);
    return reply.Fault?.ExitCode ?? written;
}

static async Task<int> PtxAsync()
{
    var reply = await PtxReplyAsync();
    var written = await WriteAsync(reply, ContractsJson.Default.PtxReply);
    return reply.Fault?.ExitCode ?? written;
}

static async Task<int> SurveyAsync()
{
    var reply = await SurveyReplyAsync();
    var written = await WriteAsync(reply, ContractsJson.Default.SurveyReply);
    return reply.Fault?.ExitCode ?? written;
}

static async Task<SurveyReply> SurveyReplyAsync()
{
    try
    {
        var request = await JsonSerializer.DeserializeAsync(OpenInput(), ContractsJson.Default.SurveyRequest)
            ?? throw new JsonException("the request is null");
        return new SurveyReply { Survey = await TaskSurveyor.SurveyAsync(request, CancellationToken.None) };
    }
    catch (Exception error)
    {
        return new SurveyReply { Fault = FaultOf(error) };
    }
}

static async Task<PtxReply> PtxReplyAsync()
{
    try
    {
        var request = await JsonSerializer.DeserializeAsync(OpenInput(), ContractsJson.Default.PtxRequest)
            ?? throw new JsonException("the request is null");
        await using var session = new PtxSession(request);
        return await session.AnswerAsync(CancellationToken.None);
    }
    catch (Exception error)
    {
        return new PtxReply { Fault = FaultOf(error) };
    }
}

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

static async Task<EvaluatorReply> ReplyAsync()
{
    try
    {
        var request = await JsonSerializer.DeserializeAsync(OpenInput(), ContractsJson.Default.EvaluationRequest)
            ?? throw new JsonException("the request is null");
        await using var judge = new SolutionJudge(request);
        return new EvaluatorReply { Outcome = await judge.JudgeAsync(CancellationToken.None) };
    }
    catch (Exception error)
    {
        // Whatever happened, the parent gets an answer: whose fault it is, and what to do.
        return new EvaluatorReply { Fault = FaultOf(error) };
    }
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
