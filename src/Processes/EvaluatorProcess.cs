using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KernelForge.Contracts.Evaluation;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Processes;

/// <summary>
/// Starts the evaluator as a child, feeds it one request and reads its one reply. Whatever becomes of the child (killed,
/// hung, out of memory, answering garbage), the answer is a reply with a fault, never an exception and never a hang.
/// </summary>
public sealed class EvaluatorProcess
{
    private const int ReplyLimit = 64 << 20;
    private readonly string _path;

    /// <summary>Uses the evaluator at <paramref name="path"/>; null: <c>KERNELFORGE_EVALUATOR</c>, else beside this program.</summary>
    public EvaluatorProcess(string? path = null)
    {
        _path = path
            ?? Environment.GetEnvironmentVariable("KERNELFORGE_EVALUATOR")
            ?? Path.Combine(AppContext.BaseDirectory, "KernelForge.Evaluator.dll");
    }

    /// <summary>Wall time of one whole evaluation.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Memory of the evaluator and all its children.</summary>
    public long MemoryLimitBytes { get; init; } = 12L << 30;

    /// <summary>Judges one solution.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the child and its children are gone.</exception>
    public async Task<EvaluatorReply> EvaluateAsync(EvaluationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (reply, fault) = await AskAsync(
            "judge", request, ContractsJson.Default.EvaluationRequest, ContractsJson.Default.EvaluatorReply, whole => whole is { Outcome: not null } or { Fault: not null }, cancellationToken);
        return reply ?? new EvaluatorReply { Fault = fault };
    }

    /// <summary>Compiles one file and perhaps launches one of its kernels.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the child and its children are gone.</exception>
    public async Task<PtxReply> AnswerAsync(PtxRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (reply, fault) = await AskAsync(
            "ptx",
            request,
            ContractsJson.Default.PtxRequest,
            ContractsJson.Default.PtxReply,
            whole => whole is { Module: not null } or { Refusal: not null } or { Fault: not null },
            cancellationToken);
        return reply ?? new PtxReply { Fault = fault };
    }

    /// <summary>Describes, prices and audits one task.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the child and its children are gone.</exception>
    public async Task<SurveyReply> SurveyAsync(SurveyRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (reply, fault) = await AskAsync(
            "survey", request, ContractsJson.Default.SurveyRequest, ContractsJson.Default.SurveyReply, whole => whole is { Survey: not null } or { Fault: not null }, cancellationToken);
        return reply ?? new SurveyReply { Fault = fault };
    }

    private async Task<(TReply? Reply, EvaluatorFault? Fault)> AskAsync<TRequest, TReply>(
        string mode, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TReply> replyType, Func<TReply, bool> isWhole, CancellationToken cancellationToken)
        where TReply : class
    {
        ChildProcess child;
        try
        {
            child = ChildProcess.Start(Spec(mode));
        }
        catch (ChildStartException error)
        {
            return (null, Fault(70, $"the evaluator could not be started: {error.Message}"));
        }

        await using (child)
        {
            await using var registration = cancellationToken.Register(child.Kill);
            await SendAsync(child, request, requestType);
            var bytes = await ReadToEndAsync(child.Messages);
            var exit = await child.Completion;
            cancellationToken.ThrowIfCancellationRequested();
            return Interpret(bytes, exit, replyType, isWhole);
        }
    }

    private static async Task SendAsync<TRequest>(ChildProcess child, TRequest request, JsonTypeInfo<TRequest> type)
    {
        try
        {
            await JsonSerializer.SerializeAsync(child.Input, request, type);
            child.CloseInput();
        }
        catch (IOException)
        {
            // It ended before it read; its exit says why.
        }
    }

    private static async Task<byte[]?> ReadToEndAsync(Stream messages)
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await messages.ReadAsync(buffer)) > 0)
        {
            if (all.Length + read > ReplyLimit)
            {
                return null;
            }

            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    private static EvaluatorFault Fault(int exitCode, string message) => new() { ExitCode = exitCode, Message = message };

    private (TReply? Reply, EvaluatorFault? Fault) Interpret<TReply>(byte[]? bytes, ChildExit exit, JsonTypeInfo<TReply> type, Func<TReply, bool> isWhole)
        where TReply : class
    {
        switch (exit.End)
        {
            case ChildEnd.TimedOut:
                return (null, Fault(70, $"the evaluator did not answer within {Timeout.TotalSeconds:0} s and was killed; {Evidence(exit)}"));
            case ChildEnd.MemoryExceeded:
                return (null, Fault(70, $"the evaluator used more than {MemoryLimitBytes >> 20} MiB and was killed; {Evidence(exit)}"));
            case ChildEnd.OutputFlood:
                return (null, Fault(70, $"the evaluator flooded its output and was killed; {Evidence(exit)}"));
        }

        if (bytes is null)
        {
            return (null, Fault(70, $"the evaluator's reply is longer than {ReplyLimit >> 20} MiB"));
        }

        if (bytes.Length == 0)
        {
            return (null, Fault(70, $"the evaluator ended without a reply (exit status {exit.ExitCode}); {Evidence(exit)}"));
        }

        try
        {
            var reply = JsonSerializer.Deserialize(bytes, type);
            return reply is not null && isWhole(reply)
                ? (reply, null)
                : (null, Fault(70, $"the evaluator's reply holds neither an outcome nor a fault; {Evidence(exit)}"));
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            var start = Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, 200)));
            return (null, Fault(70, $"the evaluator's reply is no JSON of the contract ({error.Message}); it begins: {start}"));
        }
    }

    private static string Evidence(ChildExit exit)
    {
        var text = exit.StandardError.Length > 0 ? exit.StandardError : exit.StandardOutput;
        text = text.Trim();
        return text.Length == 0 ? "it printed nothing" : "it printed: " + (text.Length > 4000 ? text[^4000..] : text);
    }

    private ChildSpec Spec(string mode)
    {
        var spec = new ChildSpec
        {
            FileName = _path,
            Arguments = [mode],
            Environment = DotnetProgram.Environment(),
            Timeout = Timeout,
            MemoryLimitBytes = MemoryLimitBytes,
            Pipe = true,
        };
        return _path.EndsWith(".dll", StringComparison.Ordinal)
            ? spec with { FileName = DotnetProgram.Host, Arguments = [_path, mode] }
            : spec;
    }
}
