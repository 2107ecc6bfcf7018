using KernelForge.Contracts.Plans;

namespace KernelForge.Evaluator.Plans.Expressions;

/// <summary>A tensor as expressions see it.</summary>
internal sealed class ScopeTensor
{
    public ScopeTensor(string name, string dtype, IReadOnlyList<long> shape)
    {
        Name = name;
        Dtype = dtype;
        Shape = shape;
        long numel = 1;
        var strides = new Value[shape.Count];
        for (int i = shape.Count - 1; i >= 0; i--)
        {
            strides[i] = new Value.Integer(numel);
            numel = checked(numel * Math.Max(shape[i], 1));
        }

        Numel = shape.Contains(0) ? 0 : numel;
        Sizes = new Value.Tuple([.. shape.Select(s => new Value.Integer(s))]);
        Strides = new Value.Tuple(strides);
    }

    public string Name { get; }

    public string Dtype { get; }

    public IReadOnlyList<long> Shape { get; }

    public long Numel { get; }

    public Value.Tuple Sizes { get; }

    public Value.Tuple Strides { get; }
}

/// <summary>What the names of an expression mean. Loop indices come and go; everything else is added once.</summary>
internal sealed class Scope
{
    private readonly Dictionary<string, ScopeTensor> _tensors = [];
    private readonly List<string> _tensorOrder = [];
    private readonly Dictionary<string, Value> _constants = [];
    private readonly Dictionary<string, Value> _init = [];
    private readonly Dictionary<string, Value> _symbols = [];
    private readonly Dictionary<string, Value> _indices = [];

    /// <summary>Tensors in the order of messages: inputs and parameters, scratch, outputs.</summary>
    public IReadOnlyList<string> TensorNames => _tensorOrder;

    public long? SmCount { get; set; }

    /// <summary>Answers <c>blocks_per_sm</c>, or says by an exception why it cannot.</summary>
    public Func<string, PlanExpression, int, long>? BlocksPerSm { get; set; }

    public void AddTensor(ScopeTensor tensor, int? before = null)
    {
        _tensors[tensor.Name] = tensor;
        _tensorOrder.Insert(before ?? _tensorOrder.Count, tensor.Name);
    }

    /// <summary>Module constants and forward's scalars: what a plan's own names hide.</summary>
    public void AddConstant(string name, Value value) => _constants[name] = value;

    public void AddInit(string name, Value value) => _init[name] = value;

    /// <summary>Tunables and defines.</summary>
    public void AddSymbol(string name, Value value) => _symbols[name] = value;

    public void SetIndex(string name, long value) => _indices[name] = new Value.Integer(value);

    public void RemoveIndex(string name) => _indices.Remove(name);

    public ScopeTensor? Tensor(string name) => _tensors.GetValueOrDefault(name);

    public Value? Symbol(string name)
        => _indices.GetValueOrDefault(name) ?? _symbols.GetValueOrDefault(name) ?? _constants.GetValueOrDefault(name);

    public Value? Init(string name) => _init.GetValueOrDefault(name);

    public IEnumerable<string> InitNames => _init.Keys;

    public IEnumerable<string> SymbolNames => _indices.Keys.Concat(_symbols.Keys).Concat(_constants.Keys).Distinct();

    /// <summary>An error that says what is known instead.</summary>
    public PlanException Unknown(PlanExpression expression, int offset, string name)
    {
        string symbols = string.Join(", ", SymbolNames.Take(24));
        string also = symbols.Length == 0 ? "" : $"; symbols: {symbols}";
        string known = string.Join(", ", _tensorOrder.Take(40)) + (_tensorOrder.Count > 40 ? ", …" : "");
        return new PlanException(expression, $"'{name}' is not a tensor of this task; known: {known}{also}{Suggestion.For(name, _tensorOrder.Concat(SymbolNames))}", offset);
    }
}
