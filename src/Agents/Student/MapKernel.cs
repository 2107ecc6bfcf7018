namespace KernelForge.Agents.Student;

/// <summary>What an element of the output needs of an operand.</summary>
/// <param name="Name">The tensor or number.</param>
/// <param name="Index">Its index, from <c>i</c> and <c>columns</c>; null: a number, not a tensor; <c>i</c>: as the output.</param>
/// <param name="Columns">The plan's expression for <c>columns</c>; null where the index does not need it.</param>
internal sealed record Operand(string Name, string? Index = "i", string? Columns = null);

/// <summary>Element by element: <c>out[i] = f(operands at i)</c>.</summary>
/// <param name="Expression">The function, over the operands' names.</param>
/// <param name="Operands">What it needs; the first one is a tensor as large as the output.</param>
/// <param name="Numbers">Constructor arguments by the names that the expression uses.</param>
internal sealed record MapKernel(string Expression, IReadOnlyList<Operand> Operands, IReadOnlyList<(string Name, string Argument)>? Numbers = null) : KernelFamily
{
    public override IReadOnlyList<string> Moves => ["vector", "unroll", "grid_stride", "larger_block", "smaller_block", "tunables"];

    public override string Write(Design design)
    {
        var columns = Operands.Select(operand => operand.Columns).FirstOrDefault(each => each is not null);
        var numbers = Numbers ?? [];
        var arguments = Operands.Select(operand => operand.Name).Concat(numbers.Select(number => number.Argument))
            .Append("out").Append("out.numel").Concat(columns is null ? [] : [columns]);
        var parameters = Operands.Select(operand => operand.Index is null ? $"float {operand.Name}" : $"const float* __restrict__ {operand.Name}")
            .Concat(numbers.Select(number => $"float {number.Name}")).Append("float* __restrict__ out").Append("long long n").Concat(columns is null ? [] : ["long long columns"]);
        var values = string.Join(", ", Operands.Select(operand => $"float {operand.Name}").Concat(numbers.Select(number => $"float {number.Name}")));
        var work = design.Vector == 4 ? "ceil_div(out.numel, 4)" : "out.numel";
        var blocks = Invariant($"ceil_div({work}, BLOCK * {design.Unroll})");
        var grid = design.GridStride ? $"min({blocks}, sm_count * 8)" : blocks;
        var launch = $"    {{ \"kernel\": \"map\", \"grid\": [\"{grid}\"], \"block\": [\"BLOCK\"], \"args\": [{string.Join(", ", arguments.Select(each => $"\"{each}\""))}] }}";
        return Head(design, Operands.Any(operand => operand.Index?.Contains("CHANNELS", StringComparison.Ordinal) == true) ? [("CHANNELS", "\"x.shape[1]\"")] : [], launch)
            + $"__device__ __forceinline__ float apply({values}) {{\n    return {Expression};\n}}\n\n"
            + $"extern \"C\" __global__ void map({string.Join(", ", parameters)}) {{\n{Body(design)}}}\n";
    }

    private string Body(Design design)
    {
        var (start, stride) = ("(long long)blockIdx.x * BLOCK + threadIdx.x", "(long long)gridDim.x * BLOCK");
        var one = $"out[i] = apply({Values("i")});";
        if (design.Vector == 1)
        {
            return (design.Unroll, design.GridStride) switch
            {
                (1, false) => $"    long long i = {start};\n    if (i < n) {one}\n",
                (1, true) => $"    for (long long i = {start}; i < n; i += {stride}) {one}\n",
                _ => Invariant($"    #pragma unroll {design.Unroll}\n    for (long long i = {start}; i < n; i += {stride}) {one}\n"),
            };
        }

        var loads = string.Concat(Operands.Where(operand => operand.Index == "i").Select(operand => $"        float4 {operand.Name}4 = reinterpret_cast<const float4*>({operand.Name})[g];\n"));
        var parts = string.Concat("xyzw".Select((part, offset) =>
            Invariant($"        result.{part} = apply({string.Join(", ", Operands.Select(operand => operand.Index == "i" ? $"{operand.Name}4.{part}" : Value(operand, $"(4 * g + {offset})")).Concat(NumberNames))});\n")));
        var unroll = design.Unroll > 1 ? Invariant($"    #pragma unroll {design.Unroll}\n") : "";
        return "    long long groups = n / 4;\n" + unroll
            + $"    for (long long g = {start}; g < groups; g += {stride}) {{\n{loads}        float4 result;\n{parts}        reinterpret_cast<float4*>(out)[g] = result;\n    }}\n"
            + $"    long long i = 4 * groups + threadIdx.x;\n    if (blockIdx.x == 0 && i < n) {one}\n";
    }

    private IEnumerable<string> NumberNames => (Numbers ?? []).Select(number => number.Name);

    private string Values(string index) => string.Join(", ", Operands.Select(operand => Value(operand, index)).Concat(NumberNames));

    private static string Value(Operand operand, string index) => operand.Index switch
    {
        null => operand.Name,
        "i" => $"{operand.Name}[{index}]",
        var expression => $"{operand.Name}[{expression.Replace("$i", index, StringComparison.Ordinal)}]",
    };
}
