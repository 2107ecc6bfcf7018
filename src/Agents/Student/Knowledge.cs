namespace KernelForge.Agents.Student;

/// <summary>The operators that the student knows, by the last part of a task's name.</summary>
internal static class Knowledge
{
    private static readonly Dictionary<string, KernelFamily> Families = Build();

    /// <summary>Names of all of them.</summary>
    public static IReadOnlyCollection<string> Operators => Families.Keys;

    /// <summary>The family of a task's operator; null where the student does not know it. <c>…_strict</c> is the same operator unless it has an entry of its own.</summary>
    public static KernelFamily? Of(string task)
    {
        var name = task[(task.LastIndexOf('/') + 1)..];
        return Families.GetValueOrDefault(name)
            ?? (name.EndsWith("_strict", StringComparison.Ordinal) ? Families.GetValueOrDefault(name[..^"_strict".Length]) : null);
    }

    private static Dictionary<string, KernelFamily> Build() => new(StringComparer.Ordinal)
    {
        ["relu"] = Unary("fmaxf(x, 0.0f)"),
        ["sigmoid"] = Unary("1.0f / (1.0f + expf(-x))"),
        ["tanh"] = Unary("tanhf(x)"),
        ["gelu"] = Unary("0.5f * x * (1.0f + erff(x * 0.7071067811865475f))"),
        ["min_gpt_new_gelu"] = Unary("0.5f * x * (1.0f + tanhf(0.7978845608028654f * (x + 0.044715f * x * x * x)))"),
        ["swish"] = Unary("x / (1.0f + expf(-x))"),
        ["softsign"] = Unary("x / (1.0f + fabsf(x))"),
        ["softplus"] = Unary("x > 20.0f ? x : log1pf(expf(x))"),
        ["selu"] = Unary("1.0507009873554805f * (x > 0.0f ? x : 1.6732632423543772f * expm1f(x))"),
        ["hardsigmoid"] = Unary("fminf(fmaxf(x * (1.0f / 6.0f) + 0.5f, 0.0f), 1.0f)"),
        ["hardtanh"] = Unary("fminf(fmaxf(x, -1.0f), 1.0f)"),
        ["elu"] = new MapKernel("x > 0.0f ? x : alpha * expm1f(x)", [new("x")], [("alpha", "init.alpha")]),
        ["leaky_relu"] = new MapKernel("x > 0.0f ? x : slope * x", [new("x")], [("slope", "init.negative_slope")]),
        ["matrix_scalar_multiplication"] = new MapKernel("A * s", [new("A"), new("s", null)]),
        ["add_bias_broadcast"] = new MapKernel("x + bias", [new("x"), new("bias", "0")]),
        ["subtract_with_bias_broadcast"] = new MapKernel("x - bias", [new("x"), Column("bias", "bias.numel")]),
        ["clamp_broadcast"] = new MapKernel("fminf(fmaxf(x, min_val), max_val)", [new("x"), Column("min_val", "min_val.numel"), Column("max_val", "min_val.numel")]),
        ["power_broadcast"] = new MapKernel("powf(x, exponent)", [new("x"), Column("exponent", "exponent.numel")]),
        ["add_bias_four_dim_broadcast"] = new MapKernel("x + bias", [new("x"), Channel("bias")]),
        ["division_broadcast"] = new MapKernel("x / scale", [new("x"), Channel("scale")]),
        ["matmul_with_diagonal_matrices"] = new MapKernel("B * A", [new("B"), new("A", "$i / columns", "B.shape[1]")]),
        ["softmax"] = new RowKernel("expf(v - top)", "expf(v - top) / sum", UsesMaximum: true),
        ["log_softmax"] = new RowKernel("expf(v - top)", "v - top - logf(sum)", UsesMaximum: true),
        ["l1_norm"] = new RowKernel("fabsf(v)", "v / (sum / columns)", UsesMaximum: false),
        ["l2_norm"] = new RowKernel("v * v", "v / sqrtf(sum)", UsesMaximum: false),
        ["l2_norm_strict"] = new RowKernel("v * v", "v / (sqrtf(sum) / sqrtf((float)columns))", UsesMaximum: false),
        ["sum_reduction_over_a_dimension"] = new ColumnKernel("$a + $b", "0.0f"),
        ["mean_reduction_over_a_dimension"] = new ColumnKernel("$a + $b", "0.0f", "$v / rows"),
        ["max_reduction_over_a_dimension"] = new ColumnKernel("fmaxf($a, $b)", "__int_as_float(0xff800000)"),
        ["min_reduction_over_a_dimension"] = new ColumnKernel("fminf($a, $b)", "__int_as_float(0x7f800000)"),
        ["product_reduction_over_a_dimension"] = new ColumnKernel("$a * $b", "1.0f"),
        ["mse_loss"] = new LossKernel("(p - t) * (p - t)"),
        ["huber_loss"] = new LossKernel("fabsf(p - t) < 1.0f ? 0.5f * (p - t) * (p - t) : fabsf(p - t) - 0.5f"),
        ["hinge_loss"] = new LossKernel("fmaxf(1.0f - p * t, 0.0f)", TargetIndex: "$i % columns"),
        ["kl_div_loss"] = new LossKernel("t > 0.0f ? t * (logf(t) - logf(p)) : 0.0f", Divisor: "predictions.shape[0]"),
        ["square_matrix_multiplication"] = new MatmulKernel(),
        ["standard_matrix_multiplication"] = new MatmulKernel(),
        ["matmul_with_irregular_shapes"] = new MatmulKernel(),
        ["matmul_with_large_k_dimension"] = new MatmulKernel(),
        ["matmul_with_small_k_dimension"] = new MatmulKernel(),
        ["matmul_for_symmetric_matrices"] = new MatmulKernel(),
        ["tall_skinny_matrix_multiplication"] = new MatmulKernel(),
        ["three_dim_tensor_matrix_multiplication"] = new MatmulKernel(),
        ["matmul_with_transposed_a"] = new MatmulKernel(TransposedA: true),
        ["matmul_with_transposed_b"] = new MatmulKernel(TransposedB: true),
        ["matmul_with_transposed_both"] = new MatmulKernel(TransposedA: true, TransposedB: true),
        ["batched_matrix_multiplication"] = new MatmulKernel(Batched: true),
    };

    private static MapKernel Unary(string expression) => new(expression, [new("x")]);

    /// <summary>One value a column of a matrix.</summary>
    private static Operand Column(string name, string columns) => new(name, "$i % columns", columns);

    /// <summary>One value a channel of <c>x[b, c, h, w]</c>.</summary>
    private static Operand Channel(string name) => new(name, "$i / columns % CHANNELS", "x.shape[2] * x.shape[3]");
}
