using System.Text.Json;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Plans;

namespace KernelForge.Evaluator.Tests.Plans;

/// <summary>Task descriptions made by hand, and shorthands around one preset.</summary>
internal sealed class TestTask
{
    private readonly List<TensorDescription> _tensors = [];
    private readonly Dictionary<string, long> _constants = [];
    private readonly Dictionary<string, JsonElement> _init = [];
    private readonly Dictionary<string, JsonElement> _scalars = [];

    public static TestTask Relu() => new TestTask().Input("x", 3, 130).Output("out", 3, 130);

    public TestTask Input(string name, params long[] shape) => Tensor(name, TensorRole.Input, "float32", shape);

    public TestTask Parameter(string name, params long[] shape) => Tensor(name, TensorRole.Parameter, "float32", shape);

    public TestTask Output(string name, params long[] shape) => Tensor(name, TensorRole.Output, "float32", shape);

    public TestTask Tensor(string name, TensorRole role, string dtype, long[] shape, bool writable = false, string? aliasOf = null)
    {
        _tensors.Add(new TensorDescription { Name = name, Role = role, Dtype = dtype, Shape = shape, Writable = writable, AliasOf = aliasOf });
        return this;
    }

    public TestTask Constant(string name, long value)
    {
        _constants[name] = value;
        return this;
    }

    public TestTask Init(string name, string json)
    {
        _init[name] = JsonElement.Parse(json);
        return this;
    }

    public TestTask Scalar(string name, string json)
    {
        _scalars[name] = JsonElement.Parse(json);
        return this;
    }

    public TaskDescription Describe() => new()
    {
        Name = "test/task",
        Sha256 = new string('0', 64),
        Torch = "2.6.0",
        PresetsOrigin = "declared",
        Distributions = ["standard"],
        Presets = new Dictionary<string, PresetDescription>
        {
            ["small"] = new() { Tensors = _tensors, Constants = _constants, Init = _init, Scalars = _scalars },
        },
    };

    public ResolvedPlan Resolve(string plan, OccupancyQuery? occupancy = null, DeviceLimits? device = null, Dictionary<string, long>? tunables = null)
        => PlanResolver.Resolve(PlanReader.ReadJson(plan), Describe(), "small", tunables, device ?? DeviceLimits.H200, occupancy);

    /// <summary>The error of a plan, without its position.</summary>
    public string ErrorOf(string plan, OccupancyQuery? occupancy = null, DeviceLimits? device = null)
    {
        PlanException error = Assert.Throws<PlanException>(() => Resolve(plan, occupancy, device));
        return error.Place.Length == 0 ? error.Problem : $"{error.Place}: {error.Problem}";
    }

    /// <summary>A plan of one launch.</summary>
    public static string Launch(string grid = "1", string block = "128", string args = "\"x\", \"out\"", string more = "", string head = "")
        => $$"""{ {{head}} "launches": [ { "kernel": "k", "grid": [{{grid}}], "block": [{{block}}], "args": [{{args}}] {{more}} } ] }""";

    /// <summary>The value of an expression, as the argument of a launch.</summary>
    public string Evaluate(string expression)
    {
        string plan = Launch(args: JsonSerializer.Serialize(expression));
        var launch = (LaunchStep)Resolve(plan).Launches.Single();
        return ((ScalarArgument)launch.Arguments[0]).Value.ToString();
    }

    public string EvaluationError(string expression) => ErrorOf(Launch(args: JsonSerializer.Serialize(expression)));
}
