using KernelForge.Simulator.Execution;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Memory;
using KernelForge.Simulator.Parsing;
using AllChecks = KernelForge.Simulator.Lowering.Checks;

namespace KernelForge.Simulator.Tests.Fuzz;

/// <summary>One text through parser, lowering and a bounded launch of each kernel. What may be thrown is documented; anything else is a bug.</summary>
internal static class FuzzRun
{
    private const int MostKernels = 4;
    private const long Budget = 32 * 20_000;

    /// <summary>How far the text got.</summary>
    public enum Reached
    {
        Refused,
        Parsed,
        Lowered,
        Launched,
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="FuzzException">Something was thrown that is not documented.</exception>
    public static Reached Try(string text)
    {
        PtxModule module;
        try
        {
            module = PtxModule.Parse(text);
        }
        catch (PtxSyntaxException error) when (error is { Line: > 0, Column: > 0 })
        {
            return Reached.Refused;
        }
        catch (Exception error)
        {
            throw new FuzzException("Parse", error);
        }

        var reached = Reached.Parsed;
        foreach (var kernel in module.Kernels.Take(MostKernels))
        {
            var here = TryKernel(module, kernel);
            reached = here > reached ? here : reached;
        }

        return reached;
    }

    private static Reached TryKernel(PtxModule module, PtxFunction kernel)
    {
        KernelProgram program;
        try
        {
            program = KernelProgram.Lower(module, kernel.Name, new LoweringOptions { Checks = AllChecks.All });
        }
        catch (PtxSyntaxException error) when (error is { Line: > 0, Column: > 0 })
        {
            return Reached.Parsed;
        }
        catch (UnsupportedInstructionException)
        {
            return Reached.Parsed;
        }
        catch (Exception error)
        {
            throw new FuzzException("Lower", error);
        }

        try
        {
            Launch(program);
            return Reached.Launched;
        }
        catch (ArgumentException error) when (error.ParamName is not null)
        {
            return Reached.Lowered;
        }
        catch (Exception error)
        {
            throw new FuzzException("Run", error);
        }
    }

    private static void Launch(KernelProgram program)
    {
        using var memory = new DeviceMemory();
        var parameters = new byte[Math.Min(program.Kernel.ParameterBytes, 4096)];
        foreach (var parameter in program.Kernel.Parameters.Where(p => p.Offset + p.Size <= parameters.Length))
        {
            var at = parameters.AsSpan(parameter.Offset, parameter.Size);
            if (parameter.Size == 8)
            {
                var buffer = memory.Allocate(new BufferSpec { Name = parameter.Name, ByteLength = 8192, Initialised = parameter.Offset % 16 == 0 });
                BitConverter.TryWriteBytes(at, buffer.Address);
            }
            else
            {
                at.Clear();
                at[0] = 37;
            }
        }

        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        Launcher.Run(
            program,
            memory,
            new LaunchConfiguration { Grid = new(2), Block = new(64), DynamicSharedBytes = 1024, Parameters = parameters, InstructionBudget = Budget, OutOfTime = time.Token, MaxDegreeOfParallelism = 1 },
            CancellationToken.None);
    }
}

/// <summary>A stage threw what it does not document.</summary>
internal sealed class FuzzException(string stage, Exception inner) : Exception($"{stage}: {inner.GetType().Name}: {inner.Message}", inner);
