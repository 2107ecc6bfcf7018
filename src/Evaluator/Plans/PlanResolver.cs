using System.Globalization;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Plans.Expressions;

namespace KernelForge.Evaluator.Plans;

/// <summary>
/// Evaluates a plan for one preset, one choice of tunables and one device, and checks everything that can be known without
/// the kernels' signatures. All errors are <see cref="PlanException"/>s.
/// </summary>
public sealed class PlanResolver
{
    private readonly LaunchPlan _plan;
    private readonly PlanScope _scope;
    private readonly DeviceLimits _device;
    private readonly OccupancyQuery? _occupancy;
    private readonly List<ResolvedTensor> _tensors = [];
    private readonly Dictionary<string, string> _aliases = [];

    private PlanResolver(LaunchPlan plan, PresetDescription preset, DeviceLimits device, OccupancyQuery? occupancy)
    {
        _plan = plan;
        _scope = new PlanScope(preset);
        _device = device;
        _occupancy = occupancy;
    }

    /// <summary>Every combination of tunables, the default (first values) first.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, long>> TunableCombinations(LaunchPlan plan)
    {
        List<Dictionary<string, long>> combinations = [[]];
        foreach (PlanTunable tunable in plan.Tunables)
        {
            combinations = [.. combinations.SelectMany(c => tunable.Values.Select(v => new Dictionary<string, long>(c) { [tunable.Name.Text] = v }))];
        }

        return combinations;
    }

    /// <summary>What the compiler needs, before anything else is resolved: defines cannot depend on the compilation.</summary>
    /// <exception cref="PlanException">Names clash, or a define has an error.</exception>
    public static CompileInputs ResolveCompilation(
        LaunchPlan plan, TaskDescription task, string preset, IReadOnlyDictionary<string, long>? tunables, DeviceLimits device)
    {
        var resolver = new PlanResolver(plan, PresetOf(task, preset), device, occupancy: null);
        Dictionary<string, long> chosen = Choose(plan, tunables);
        resolver.CheckNames();
        resolver.AddTaskTensors();
        return resolver.ResolveCompilation(chosen);
    }

    /// <summary>
    /// Resolves the whole plan. <paramref name="occupancy"/> answers <c>blocks_per_sm</c> and the co-residency of
    /// cooperative launches; without it (before compilation) the former is an error and the latter is not checked.
    /// </summary>
    /// <exception cref="PlanException">The plan does not fit the task or the device.</exception>
    public static ResolvedPlan Resolve(
        LaunchPlan plan,
        TaskDescription task,
        string preset,
        IReadOnlyDictionary<string, long>? tunables,
        DeviceLimits device,
        OccupancyQuery? occupancy = null)
    {
        var resolver = new PlanResolver(plan, PresetOf(task, preset), device, occupancy);
        return resolver.Resolve(preset, Choose(plan, tunables));
    }

    private static PresetDescription PresetOf(TaskDescription task, string preset)
        => task.Presets.TryGetValue(preset, out PresetDescription? found)
            ? found
            : throw new ArgumentException($"task '{task.Name}' has no preset '{preset}'; known: {string.Join(", ", task.Presets.Keys)}", nameof(preset));

    private static Dictionary<string, long> Choose(LaunchPlan plan, IReadOnlyDictionary<string, long>? tunables)
    {
        string? unknown = tunables?.Keys.FirstOrDefault(k => !plan.Tunables.Any(t => t.Name.Text == k));
        if (unknown is not null)
        {
            throw new ArgumentException($"'{unknown}' is not a tunable of this plan; known: {string.Join(", ", plan.Tunables.Select(t => t.Name.Text))}", nameof(tunables));
        }

        return plan.Tunables.ToDictionary(
            t => t.Name.Text,
            t => tunables is not null && tunables.TryGetValue(t.Name.Text, out long value) ? value : t.Values[0]);
    }

    private ResolvedPlan Resolve(string preset, Dictionary<string, long> tunables)
    {
        CheckNames();
        AddTaskTensors();
        CompileInputs compilation = ResolveCompilation(tunables);
        var occupancy = new OccupancySymbol(_plan, _scope, _occupancy);
        _scope.Scope.BlocksPerSm = occupancy.Ask;
        AddScratch();
        var maps = new TensorMapResolver(_scope, _device, TensorOf).Resolve(_plan.TensorMaps);
        bool prepared = _plan.Prepare.Count > 0;
        CheckPersistent(prepared);
        var context = new StepContext(_scope, _device, _occupancy, TensorOf, maps.ToDictionary(m => m.Name));
        return new ResolvedPlan
        {
            Preset = preset,
            Tunables = tunables,
            Compilation = compilation,
            Tensors = _tensors,
            TensorMaps = maps,
            Prepare = new StepSequence(() => new StepResolver(context, isPrepare: true).Resolve(Fills(persistent: true), _plan.Prepare)),
            Launches = new StepSequence(() => new StepResolver(context, isPrepare: false).Resolve(Fills(persistent: false), _plan.Launches)),
            UsesLibrary = UsesLibrary(_plan.Launches) || UsesLibrary(_plan.Prepare),
        };
    }

    private static bool UsesLibrary(IReadOnlyList<PlanStep> steps)
        => steps.Any(s => s is PlanLibraryStep || (s is PlanRepeat repeat && UsesLibrary(repeat.Launches)));

    private ResolvedTensor? TensorOf(string name)
        => _tensors.Find(t => t.Name == _aliases.GetValueOrDefault(name, name));

    /// <summary>A name means one thing: tunables, defines, buffers, tensor maps, indices, tensors and scalar arguments are apart.</summary>
    private void CheckNames()
    {
        var taken = new Dictionary<string, string>();
        foreach (TensorDescription tensor in _scope.Preset.Tensors)
        {
            taken[tensor.Name] = tensor.Role == TensorRole.Output ? "an output of this task" : $"a tensor of this task ({tensor.Role.ToString().ToLowerInvariant()})";
        }

        foreach (string scalar in _scope.Preset.Scalars.Keys)
        {
            taken[scalar] = "an argument of forward";
        }

        foreach (PlanBuffer buffer in _plan.Buffers)
        {
            TensorDescription? existing = _scope.Preset.Tensors.FirstOrDefault(t => t.Name == buffer.Name.Text);
            if (existing is { Role: TensorRole.Output } && buffer.Dtype is null)
            {
                CheckOutputFill(buffer, existing);
            }
            else if (existing is { Role: TensorRole.Output })
            {
                throw new PlanException(buffer.Name, $"'{existing.Name}' is an output of this task ({existing.Dtype}, [{string.Join(", ", existing.Shape)}]), already allocated; leave out \"dtype\" and \"shape\", or choose another name");
            }
            else if (buffer.Dtype is null)
            {
                string outputs = string.Join(", ", _scope.Preset.Tensors.Where(t => t.Role == TensorRole.Output).Select(t => t.Name));
                throw new PlanException(buffer.Name, $"'{buffer.Name.Text}' is not an output of this task; known: {outputs}: a scratch tensor also needs \"dtype\" and \"shape\"");
            }
            else
            {
                Take(taken, buffer.Name, "a buffer of this plan");
            }
        }

        foreach (PlanTunable tunable in _plan.Tunables)
        {
            Take(taken, tunable.Name, "a tunable of this plan");
        }

        foreach (PlanDefine define in _plan.Defines)
        {
            Take(taken, define.Name, "a define of this plan");
        }

        foreach (PlanTensorMap map in _plan.TensorMaps)
        {
            Take(taken, map.Name, "a tensor map of this plan");
        }

        CheckIndices(taken, _plan.Prepare);
        CheckIndices(taken, _plan.Launches);
    }

    private static void CheckOutputFill(PlanBuffer buffer, TensorDescription output)
    {
        if (buffer.Persistent)
        {
            throw new PlanException(buffer.Name, $"'{output.Name}' is an output and cannot be persistent; declare a scratch tensor for what prepare writes");
        }

        if (output.AliasOf is not null)
        {
            throw new PlanException(buffer.Name, $"'{output.Name}' is the tensor '{output.AliasOf}' (changed in place) and cannot be filled: that would destroy the input");
        }
    }

    private static void CheckIndices(Dictionary<string, string> taken, IReadOnlyList<PlanStep> steps)
    {
        foreach (PlanRepeat repeat in steps.OfType<PlanRepeat>())
        {
            Take(taken, repeat.Index, "the index of an enclosing repeat");
            CheckIndices(taken, repeat.Launches);
            taken.Remove(repeat.Index.Text);
        }
    }

    private static void Take(Dictionary<string, string> taken, PlanExpression name, string what)
    {
        if (!taken.TryAdd(name.Text, what))
        {
            throw new PlanException(name, $"'{name.Text}' is already {taken[name.Text]}; choose another name");
        }
    }

    private void AddTaskTensors()
    {
        _scope.Scope.SmCount = _device.SmCount;
        foreach (TensorDescription tensor in _scope.Preset.Tensors)
        {
            AddTensor(tensor);
        }
    }

    private void AddTensor(TensorDescription tensor)
    {
        _scope.Scope.AddTensor(new ScopeTensor(tensor.Name, tensor.Dtype, tensor.Shape));
        if (tensor.AliasOf is not null)
        {
            _aliases[tensor.Name] = tensor.AliasOf;
            return;
        }

        _tensors.Add(new ResolvedTensor
        {
            Name = tensor.Name,
            Kind = tensor.Role switch
            {
                TensorRole.Input => ResolvedTensorKind.Input,
                TensorRole.Parameter => ResolvedTensorKind.Parameter,
                TensorRole.Buffer => ResolvedTensorKind.Buffer,
                _ => ResolvedTensorKind.Output,
            },
            Dtype = tensor.Dtype,
            Shape = tensor.Shape,
            Numel = tensor.Numel(),
            ElementBytes = PlanDtype.BytesOf(tensor.Dtype),
            Writable = tensor.Writable || tensor.Role == TensorRole.Output,
        });
    }

    private CompileInputs ResolveCompilation(Dictionary<string, long> tunables)
    {
        var macros = new List<KeyValuePair<string, string>>();
        foreach ((string name, long value) in tunables)
        {
            _scope.Scope.AddSymbol(name, new Value.Integer(value));
            macros.Add(new(name, Literal(new Value.Integer(value))));
        }

        // Shapes of scratch may use defines, so defines come first and see the task's tensors only.
        foreach (PlanDefine define in _plan.Defines)
        {
            CheckUsesNoScratch(define.Value);
            Value value = _scope.Evaluate(define.Value);
            if (value is not (Value.Integer or Value.Float or Value.Bool))
            {
                throw new PlanException(define.Value, $"a define is a number; found {value.Kind} ({value}): compare it, as in \"{define.Value.Text} != None\"");
            }

            _scope.Scope.AddSymbol(define.Name.Text, value);
            macros.Add(new(define.Name.Text, Literal(value)));
        }

        var kernels = new List<PlanExpression>();
        CollectKernels(_plan.Prepare, kernels);
        CollectKernels(_plan.Launches, kernels);
        return new CompileInputs { Defines = macros, Options = _plan.Options, Kernels = kernels };
    }

    private void CheckUsesNoScratch(PlanExpression expression)
    {
        PlanBuffer? scratch = _plan.Buffers.FirstOrDefault(b => b.Dtype is not null && expression.Text.Contains(b.Name.Text + ".", StringComparison.Ordinal)
            && _scope.Scope.Tensor(b.Name.Text) is null && NamesTensor(expression, b.Name.Text));
        if (scratch is not null)
        {
            throw new PlanException(expression, $"a define cannot use the scratch tensor '{scratch.Name.Text}': shapes of scratch may use defines, not the other way round");
        }
    }

    private static bool NamesTensor(PlanExpression expression, string name)
        => Tokenizer.Split(expression).Exists(t => t.Kind == TokenKind.Name && t.Text.StartsWith(name + ".", StringComparison.Ordinal));

    private static void CollectKernels(IReadOnlyList<PlanStep> steps, List<PlanExpression> kernels)
    {
        foreach (PlanStep step in steps)
        {
            if (step is PlanLaunch launch && !kernels.Exists(k => k.Text == launch.Kernel.Text))
            {
                kernels.Add(launch.Kernel);
            }
            else if (step is PlanRepeat repeat)
            {
                CollectKernels(repeat.Launches, kernels);
            }
        }
    }

    /// <summary>A value as a C++ literal.</summary>
    internal static string Literal(Value value) => value switch
    {
        Value.Integer { Number: long.MinValue } => "(-9223372036854775807LL-1)",
        Value.Integer integer => Signed(integer.Number < 0, integer.Number.ToString(CultureInfo.InvariantCulture) + (integer.Number is > int.MaxValue or < int.MinValue ? "LL" : "")),
        Value.Float number => Signed(double.IsNegative(number.Number), Value.Float.Literal(number.Number)),
        Value.Bool truth => truth.Truth ? "1" : "0",
        _ => throw new InvalidOperationException($"{value.Kind} has no literal"),
    };

    private static string Signed(bool negative, string text) => negative ? $"({text})" : text;

    private void AddScratch()
    {
        long allowed = Math.Max(PlanReference.MinScratchLimitBytes, PlanReference.ScratchMultiple * TaskBytes());
        Int128 total = 0;
        int outputs = _scope.Preset.Tensors.Count(t => t.Role != TensorRole.Output);
        foreach (PlanBuffer buffer in _plan.Buffers.Where(b => b.Dtype is not null))
        {
            long[] shape = [.. buffer.Shape!.Select(s => _scope.Integer(s, "elements in a dimension", 0, long.MaxValue))];
            int bytes = PlanDtype.BytesOf(buffer.Dtype!);
            Int128 size = Product(shape) * bytes;
            total += size;
            if (total > allowed)
            {
                throw new PlanException(buffer.Name, $"scratch of {total:N0} bytes in all (this buffer {size:N0}); at most {allowed:N0} are allowed here, max(256 MiB, 4 × (inputs + parameters + outputs)): use smaller partial results or fewer of them");
            }

            _scope.Scope.AddTensor(new ScopeTensor(buffer.Name.Text, buffer.Dtype!, shape), before: outputs++);
            _tensors.Add(new ResolvedTensor
            {
                Name = buffer.Name.Text,
                Kind = ResolvedTensorKind.Scratch,
                Dtype = buffer.Dtype!,
                Shape = shape,
                Numel = (long)(size / bytes),
                ElementBytes = bytes,
                Writable = !buffer.Persistent,
                Persistent = buffer.Persistent,
            });
        }
    }

    private static Int128 Product(long[] shape)
    {
        if (shape.Contains(0))
        {
            return 0;
        }

        Int128 product = 1;
        foreach (long size in shape)
        {
            product *= size;
            if (product > long.MaxValue)
            {
                return long.MaxValue;
            }
        }

        return product;
    }

    private long TaskBytes()
        => _scope.Preset.Tensors.Where(t => t.AliasOf is null).Sum(t => t.Numel() * PlanDtype.BytesOf(t.Dtype));

    private void CheckPersistent(bool prepared)
    {
        PlanBuffer? orphan = _plan.Buffers.FirstOrDefault(b => b.Persistent);
        if (!prepared && orphan is not null)
        {
            throw new PlanException(orphan.Name, $"'{orphan.Name.Text}' is persistent, but there is no \"prepare\" that writes it; add one, or leave \"persistent\" out");
        }
    }

    private IEnumerable<FillStep> Fills(bool persistent)
    {
        foreach (PlanBuffer buffer in _plan.Buffers.Where(b => b.Fill is not null && b.Persistent == persistent))
        {
            PlanExpression fill = buffer.Fill!;
            Value value = fill.Text switch
            {
                "inf" or "+inf" => new Value.Float(double.PositiveInfinity),
                "-inf" => new Value.Float(double.NegativeInfinity),
                "nan" => new Value.Float(double.NaN),
                _ => _scope.Evaluate(fill),
            };
            ResolvedTensor tensor = TensorOf(buffer.Name.Text)!;
            yield return new FillStep(tensor.Name, ElementBytes.OfFill(value, tensor.Dtype, fill), $"buffers.{tensor.Name}.fill");
        }
    }
}
