using System.Text.Json;
using KernelForge.Contracts.Plans;
using KernelForge.Contracts.Tasks;
using KernelForge.Evaluator.Plans.Expressions;

namespace KernelForge.Evaluator.Plans;

/// <summary>Fills a scope with what a task's preset gives, and evaluates a plan's expressions in it.</summary>
internal sealed class PlanScope
{
    // A repeat evaluates the same expressions thousands of times; parsing them once is what makes 100,000 launches cheap.
    private readonly Dictionary<PlanExpression, Node> _parsed = new(ReferenceEqualityComparer.Instance);

    public PlanScope(PresetDescription preset)
    {
        Preset = preset;
        foreach ((string name, long value) in preset.Constants)
        {
            Scope.AddConstant(name, new Value.Integer(value));
        }

        foreach ((string name, JsonElement value) in preset.Scalars)
        {
            Scope.AddConstant(name, FromJson(value));
        }

        foreach ((string name, JsonElement value) in preset.Init)
        {
            Scope.AddInit(name, FromJson(value));
        }
    }

    public PresetDescription Preset { get; }

    public Scope Scope { get; } = new();

    public Node Parse(PlanExpression expression)
    {
        if (!_parsed.TryGetValue(expression, out Node? node))
        {
            node = ExpressionParser.Parse(expression);
            _parsed.Add(expression, node);
        }

        return node;
    }

    public Value Evaluate(PlanExpression expression) => Evaluate(expression, Parse(expression));

    public Value Evaluate(PlanExpression expression, Node node) => new ExpressionEvaluator(expression, Scope).Evaluate(node);

    public bool IsTrue(PlanExpression? condition) => condition is null || Evaluate(condition).IsTrue;

    /// <summary>An integer in a range; <paramref name="what"/> is what it counts.</summary>
    public long Integer(PlanExpression expression, string what, long least, long most, string remedy = "", string? tooLarge = null)
    {
        long number = Evaluate(expression) switch
        {
            Value.Integer integer => integer.Number,
            Value.Bool truth => truth.Truth ? 1 : 0,
            Value.Float value => throw new PlanException(expression, $"expected an integer ({what}); found {value} (a float: '/' is true division, '//' floors to an integer)"),
            Value other => throw new PlanException(expression, $"expected an integer ({what}); found {other.Kind} ({other})"),
        };
        if (number >= least && number <= most)
        {
            return number;
        }

        string bound = number < least ? $"at least {least}" : $"at most {most}";
        remedy = number > most ? tooLarge ?? remedy : remedy;
        throw new PlanException(expression, $"{number} {what}; {bound}{(remedy.Length == 0 ? "" : ": " + remedy)}");
    }

    internal static Value FromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt64(out long integer) => new Value.Integer(integer),
        JsonValueKind.Number => new Value.Float(element.GetDouble()),
        JsonValueKind.True => new Value.Bool(Truth: true),
        JsonValueKind.False => new Value.Bool(Truth: false),
        JsonValueKind.String => new Value.Text(element.GetString()!),
        JsonValueKind.Array => new Value.Tuple([.. element.EnumerateArray().Select(FromJson)]),
        JsonValueKind.Null or JsonValueKind.Undefined => new Value.None(),
        _ => new Value.Text(element.GetRawText()),
    };
}
