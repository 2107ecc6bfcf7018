using System.Text.Json;

namespace KernelForge.Contracts.Tasks;

/// <summary>
/// What is known of a task once its file has been loaded by the reference worker: shapes, dtypes and settings of every
/// preset. It holds no tensor values.
/// </summary>
public sealed record TaskDescription
{
    /// <summary><c>category/name</c> for a task of the suite, else the file's name without <c>.py</c>.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the task file's bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Version of PyTorch that described it.</summary>
    public required string Torch { get; init; }

    /// <summary><c>declared</c> where the file has <c>PRESETS</c>, else <c>derived</c>.</summary>
    public required string PresetsOrigin { get; init; }

    /// <summary>How the presets were derived, a line a step, for people; empty where they are declared.</summary>
    public IReadOnlyList<string> Derivation { get; init => field = value ?? []; } = [];

    /// <summary>Presets by name: <c>small</c>, <c>odd</c>, <c>full</c>.</summary>
    public required IReadOnlyDictionary<string, PresetDescription> Presets { get; init; }

    /// <summary><c>TOLERANCE</c> of the file by dtype; empty means design §7's defaults.</summary>
    public IReadOnlyDictionary<string, double> Tolerance { get; init => field = value ?? new Dictionary<string, double>(); } = new Dictionary<string, double>();

    /// <summary>Distributions to try, in order: <c>standard</c>, <c>scaled_up</c>, <c>scaled_down</c>, <c>negated</c>.</summary>
    public required IReadOnlyList<string> Distributions { get; init; }

    /// <summary>Inputs that forward, and so a solution, may change.</summary>
    public IReadOnlyList<string> InPlace { get; init => field = value ?? []; } = [];

    /// <summary>State that a solution must also update.</summary>
    public IReadOnlyList<string> StateOutputs { get; init => field = value ?? []; } = [];

    /// <summary>Rules for integer outputs: <c>index_of(x, 1)</c> or <c>set</c>, by output.</summary>
    public IReadOnlyDictionary<string, string> OutputRules { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();

    /// <summary>Things a person should know: inputs made contiguous, dropout active in train mode, …</summary>
    public IReadOnlyList<string> Notes { get; init => field = value ?? []; } = [];

    /// <summary>Why the task cannot rank, as far as runs of its smaller presets show it (random forward, undefined winners, cheap fakes that pass everywhere); empty: nothing found.</summary>
    public IReadOnlyList<string> UnrankedReasons { get; init => field = value ?? []; } = [];
}

/// <summary>One preset of a task: the sizes in force and every tensor.</summary>
public sealed record PresetDescription
{
    /// <summary>Module constants overridden, by name (declared presets) or by knob (derived ones).</summary>
    public IReadOnlyDictionary<string, JsonElement> Overrides { get; init => field = value ?? new Dictionary<string, JsonElement>(); } = new Dictionary<string, JsonElement>();

    /// <summary>Module-level integer constants in force, by name: symbols of plan expressions.</summary>
    public IReadOnlyDictionary<string, long> Constants { get; init => field = value ?? new Dictionary<string, long>(); } = new Dictionary<string, long>();

    /// <summary>Constructor arguments, defaulted ones too, by parameter name (<c>init.NAME</c> in expressions): number, bool, string, null or array of these.</summary>
    public IReadOnlyDictionary<string, JsonElement> Init { get; init => field = value ?? new Dictionary<string, JsonElement>(); } = new Dictionary<string, JsonElement>();

    /// <summary>Forward's arguments that are no tensors, by parameter name: number, bool, string, null or array of these.</summary>
    public IReadOnlyDictionary<string, JsonElement> Scalars { get; init => field = value ?? new Dictionary<string, JsonElement>(); } = new Dictionary<string, JsonElement>();

    /// <summary>Inputs, parameters, buffers and outputs, in that order.</summary>
    public required IReadOnlyList<TensorDescription> Tensors { get; init; }
}

/// <summary>What a tensor is to the task.</summary>
public enum TensorRole
{
    /// <summary>An argument of forward.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("input")]
    Input,

    /// <summary>A parameter of the model, by its <c>state_dict</c> key.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("parameter")]
    Parameter,

    /// <summary>A buffer of the model, by its <c>state_dict</c> key.</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("buffer")]
    Buffer,

    /// <summary>A result of forward: <c>out</c>, or <c>out0</c>, <c>out1</c>, …</summary>
    [System.Text.Json.Serialization.JsonStringEnumMemberName("output")]
    Output,
}

/// <summary>One named tensor. Everything is contiguous (row-major).</summary>
public sealed record TensorDescription
{
    /// <summary>The name used in plans.</summary>
    public required string Name { get; init; }

    /// <summary>Input, parameter, buffer or output.</summary>
    public required TensorRole Role { get; init; }

    /// <summary>PyTorch's name without the prefix: <c>float32</c>, <c>float16</c>, <c>bfloat16</c>, <c>float64</c>, <c>int64</c>, <c>int32</c>, <c>uint8</c>, <c>bool</c>, …</summary>
    public required string Dtype { get; init; }

    /// <summary>Elements by dimension; empty for a 0-dim tensor.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>Forward changes it (an in-place input, running statistics): writable, restored before each execution.</summary>
    public bool Writable { get; init; }

    /// <summary>It is compared after an execution: outputs, state named in <c>STATE_OUTPUTS</c>, inputs named in <c>IN_PLACE</c>.</summary>
    public bool Checked { get; init; }

    /// <summary>The input or state whose storage this output shares; such an output <em>is</em> that tensor.</summary>
    public string? AliasOf { get; init; }

    /// <summary>How values of this tensor are distributed, for pages made on first touch at <c>full</c>; null for outputs.</summary>
    public ValueDistribution? Values { get; init; }

    /// <summary>Elements in all.</summary>
    public long Numel() => Shape.Aggregate(1L, (product, size) => checked(product * size));
}

/// <summary>A described distribution: what a counter-based generator follows.</summary>
public sealed record ValueDistribution
{
    /// <summary><c>uniform</c> [low, high), <c>normal</c> (mean, std), <c>integers</c> [low, high), <c>bernoulli</c> (probability), <c>constant</c> (value).</summary>
    public required string Kind { get; init; }

    /// <summary>Lower bound, inclusive.</summary>
    public double? Low { get; init; }

    /// <summary>Upper bound, exclusive.</summary>
    public double? High { get; init; }

    /// <summary>Mean of a normal distribution.</summary>
    public double? Mean { get; init; }

    /// <summary>Standard deviation of a normal distribution.</summary>
    public double? Std { get; init; }

    /// <summary>Share of ones.</summary>
    public double? Probability { get; init; }

    /// <summary>The constant.</summary>
    public double? Value { get; init; }

    /// <summary><c>lower_triangular</c>, <c>upper_triangular</c> or <c>symmetric</c> over the last two dimensions; null: none.</summary>
    public string? Structure { get; init; }
}
