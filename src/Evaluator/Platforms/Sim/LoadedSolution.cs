using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Compilation;
using KernelForge.Evaluator.Plans;
using KernelForge.Simulator.Lowering;
using KernelForge.Simulator.Model;
using PtxModule = KernelForge.Simulator.Parsing.PtxModule;

namespace KernelForge.Evaluator.Platforms.Sim;

/// <summary>A compiled solution made ready for the simulator: plan resolved, PTX parsed, kernels lowered on demand.</summary>
internal sealed class LoadedSolution
{
    private readonly Dictionary<(string Kernel, Checks Checks), KernelProgram> _programs = [];
    private readonly ArgumentBinder _binder;

    private LoadedSolution(ResolvedPlan plan, CompileResult compiled, PtxModule module, GpuProfile profile)
    {
        Plan = plan;
        Compiled = compiled;
        Module = module;
        Profile = profile;
        _binder = new ArgumentBinder(plan, compiled.Kernels, SolutionPlan.LimitsOf(profile));
    }

    /// <summary>The plan for the preset compiled for.</summary>
    public ResolvedPlan Plan { get; }

    /// <summary>Kernels' names, resources and signatures.</summary>
    public CompileResult Compiled { get; }

    /// <summary>The PTX.</summary>
    public PtxModule Module { get; }

    /// <summary>The GPU assumed.</summary>
    public GpuProfile Profile { get; }

    /// <summary>Reads, resolves, parses.</summary>
    /// <exception cref="PlanException">The plan does not fit the task at this preset.</exception>
    /// <exception cref="UnsupportedException">The plan has a step that the simulator lacks.</exception>
    public static LoadedSolution Load(string solutionPath, TaskDescription task, CompiledSolution compiled, string device)
    {
        var profile = GpuProfiles.Get(device);
        var plan = SolutionPlan.Resolve(File.ReadAllBytes(solutionPath), task, compiled.Preset, compiled.Tunables, profile, compiled.Result);
        foreach (var step in plan.Prepare.Concat(plan.Launches))
        {
            switch (step)
            {
                case LibraryStep library:
                    throw new UnsupportedException($"{step.Place}: library step '{library.Library}' is not executed by platform sim; write it as a kernel");
            }
        }

        if (plan.TensorMaps.FirstOrDefault(m => m.Interleave != "none") is { } interleaved)
        {
            throw new UnsupportedException($"tensor_maps.{interleaved.Name}: interleave {interleaved.Interleave} is not executed by platform sim; use \"none\"");
        }

        return new LoadedSolution(plan, compiled.Result, PtxModule.Parse(compiled.Result.Ptx), profile);
    }

    /// <summary>A launch with its arguments in the form that its kernel takes them.</summary>
    /// <exception cref="PlanException">An argument does not fit the kernel.</exception>
    public BoundLaunch Bind(LaunchStep launch) => _binder.Bind(launch);

    /// <summary>A kernel of the plan, lowered with the checks asked for.</summary>
    /// <exception cref="UnsupportedInstructionException">It uses what the simulator lacks.</exception>
    public KernelProgram Program(string kernel, Checks checks)
    {
        if (!_programs.TryGetValue((kernel, checks), out var program))
        {
            program = KernelProgram.Lower(Module, Compiled.Kernels[kernel].LoweredName, new LoweringOptions { Checks = checks });
            _programs.Add((kernel, checks), program);
        }

        return program;
    }
}

/// <summary>The platform lacks something that the solution uses.</summary>
internal sealed class UnsupportedException(string message) : Exception(message);
