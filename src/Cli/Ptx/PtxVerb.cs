using System.CommandLine;
using System.Text;
using System.Text.Json;
using KernelForge.Cli.Terminal;
using KernelForge.Contracts.Json;
using KernelForge.Contracts.Ptx;

namespace KernelForge.Cli.Ptx;

/// <summary><c>ptx compile|run|explain</c>: one kernel, without a task: compiled, launched with arguments of the command line, explained line by line.</summary>
internal static class PtxVerb
{
    private const string Examples = """

        Examples:
          ./kernelforge ptx run saxpy.cu --kernel saxpy --grid 4 --block 256 \
              --arg float:2 --arg 'float32[1000]=iota' --arg 'float32[1000]=ones' --arg 1000
          ./kernelforge ptx run matmul.ptx --grid 16,16 --block 16,16 --gpu A100 \
              --arg @a.npy --arg @b.npy --arg 'float32[256x256]=?' --arg 256 --arg 256 --arg 256 --save out/
          ./kernelforge ptx run 'row_softmax.cu' --kernel 'softmax<128>' --grid 64 --block 128 --elements 64K

        """;

    /// <summary>The verb.</summary>
    public static Command Create(Surroundings surroundings) => new("ptx", "One kernel on the simulator: compile it, run it with arguments of your own, see what each line costs")
    {
        Compile(surroundings), Run(surroundings), Explain(surroundings),
    };

    private static Command Compile(Surroundings surroundings)
    {
        var options = new PtxOptions("A .cu file");
        var output = new Option<string?>("--output", "-o") { Description = "Where to write the PTX; default: standard output", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = options.Compiling(new Command("compile", "Device code to PTX, as solutions are compiled; template kernels only where --kernel names an instance") { output, json });
        command.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AskAsync(options.Request(result, surroundings), surroundings, cancellationToken);
            var module = Required(reply.Module);
            if (result.GetValue(output) is { } path)
            {
                await WriteAsync(path, Encoding.UTF8.GetBytes(module.Ptx), cancellationToken);
            }

            if (module.Log.Length > 0)
            {
                await surroundings.Error.WriteLineAsync(module.Log);
            }

            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(module, ReadableJson.Context.PtxText));
            }
            else if (result.GetValue(output) is null)
            {
                await surroundings.Out.WriteAsync(module.Ptx);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Run(Surroundings surroundings)
    {
        var options = new PtxOptions("A .cu or .ptx file");
        var save = new Option<string?>("--save") { Description = "A folder for the buffers that were written, as NAME.npy", HelpName = "DIR" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = options.Launching(new Command("run", $"Launches one kernel with every check on: findings, output, counters, modelled time. Exit code 1 where something was found.\n\n{ArgumentSyntax.Help}{Examples}") { save, json });
        command.SetAction(async (result, cancellationToken) =>
        {
            var folder = result.GetValue(save);
            var reply = await AskAsync(options.Request(result, surroundings, keepOutputs: folder is not null), surroundings, cancellationToken);
            var (module, launch) = (Required(reply.Module), Required(reply.Launch));
            if (folder is not null)
            {
                await SaveAsync(folder, launch.Outputs, surroundings, cancellationToken);
            }

            if (result.GetValue(json))
            {
                var shown = launch with { Outputs = [.. launch.Outputs.Select(output => output with { Contents = null })] };
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(shown, ReadableJson.Context.PtxLaunchReport));
            }
            else
            {
                RunView.Write(surroundings.NewScreen(), module, launch);
            }

            return CodeOf(launch);
        });
        return command;
    }

    private static Command Explain(Surroundings surroundings)
    {
        var options = new PtxOptions("A .cu or .ptx file");
        var html = new Option<string?>("--html") { Description = "Write a page that shows source and PTX side by side; needs nothing but a browser", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "One JSON document" };
        var command = options.Launching(new Command("explain", $"Launches one kernel and shows its source beside its PTX with what each line did and cost.\n\n{ArgumentSyntax.Help}{Examples}") { html, json });
        command.SetAction(async (result, cancellationToken) =>
        {
            var reply = await AskAsync(options.Request(result, surroundings, keepOutputs: false), surroundings, cancellationToken);
            var (module, launch) = (Required(reply.Module), Required(reply.Launch));
            var page = result.GetValue(html);
            if (page is not null)
            {
                await WriteAsync(page, Encoding.UTF8.GetBytes(ExplainPage.Render(module, launch)), cancellationToken);
            }

            if (result.GetValue(json))
            {
                await surroundings.Out.WriteLineAsync(JsonSerializer.Serialize(reply, ReadableJson.Context.PtxReply));
            }
            else if (page is null)
            {
                ExplainView.Write(surroundings.NewScreen(), surroundings.Width, module, launch);
            }
            else
            {
                await surroundings.Out.WriteLineAsync(Path.GetFullPath(page));
            }

            return CodeOf(launch);
        });
        return command;
    }

    private static async Task<PtxReply> AskAsync(PtxRequest request, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var reply = await surroundings.Ptx(request, cancellationToken);
        if (reply.Fault is { } fault)
        {
            throw new CliException(fault.ExitCode, fault.Message);
        }

        if (reply.Refusal is { } refusal)
        {
            throw new CliException(ExitCodes.NotPassed, refusal.Diagnostics.Length > 0 ? $"the compiler refused it:\n{refusal.Diagnostics}" : refusal.Message);
        }

        return reply;
    }

    private static int CodeOf(PtxLaunchReport launch) => launch is { Completion: "completed", Findings.Count: 0 } ? ExitCodes.Done : ExitCodes.NotPassed;

    private static T Required<T>(T? part)
        where T : class =>
        part ?? throw new CliException(ExitCodes.Fault, "the evaluator's reply lacks what was asked for");

    private static async Task SaveAsync(string folder, IReadOnlyList<PtxOutput> outputs, Surroundings surroundings, CancellationToken cancellationToken)
    {
        foreach (var output in outputs)
        {
            var path = Path.Combine(folder, $"{output.Name}.npy");
            await WriteAsync(path, NpyFile.Bytes(output), cancellationToken);
            await surroundings.Error.WriteLineAsync($"kernelforge: {output.Name} is in {path}");
        }
    }

    private static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            await File.WriteAllBytesAsync(path, bytes, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.BadInput, $"{path} cannot be written: {error.Message}");
        }
    }
}
