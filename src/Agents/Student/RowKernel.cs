namespace KernelForge.Agents.Student;

/// <summary>Rows of <c>x[b, c]</c>, each divided by, or taken against, a statistic of its own.</summary>
/// <param name="Term">What is summed over the row, from <c>v</c> and, where it is subtracted, <c>top</c>.</param>
/// <param name="Result">An output, from <c>v</c>, <c>sum</c>, <c>top</c> and <c>columns</c>.</param>
/// <param name="UsesMaximum">The row's maximum is subtracted first.</param>
internal sealed record RowKernel(string Term, string Result, bool UsesMaximum) : KernelFamily
{
    public override IReadOnlyList<string> Moves => UsesMaximum
        ? ["vector", "unroll", "shuffles", "one_pass", "larger_block", "smaller_block", "tunables"]
        : ["vector", "unroll", "shuffles", "larger_block", "smaller_block", "tunables"];

    public override string Write(Design design)
    {
        var vector = design.Vector == 4 ? "4 if x.shape[1] % 4 == 0 else 1" : "1";
        const string launch = "    { \"kernel\": \"rows\", \"grid\": [\"x.shape[0]\"], \"block\": [\"BLOCK\"], \"args\": [\"x\", \"out\", \"x.shape[1]\"] }";
        var functions = (UsesMaximum ? BlockReduction("block_max", "fmaxf($a, $b)", "-INFINITY", design.Shuffles) : "") + BlockReduction("block_sum", "$a + $b", "0.0f", design.Shuffles);
        return Head(design, [("VEC", $"\"{vector}\"")], launch) + (UsesMaximum ? "#define INFINITY __int_as_float(0x7f800000)\n\n" : "") + functions + $$"""
            extern "C" __global__ void rows(const float* __restrict__ x, float* __restrict__ out, int columns) {
                __shared__ float shared[BLOCK];
                const float* row = x + (long long)blockIdx.x * columns;
                float* to = out + (long long)blockIdx.x * columns;
            {{Statistics(design)}}{{Loop(design, $"to[$i] = {Result};", store: true)}}}

            """;
    }

    private string Statistics(Design design) => (UsesMaximum, design.OnePass) switch
    {
        (false, _) => "    float sum = 0.0f;\n" + Loop(design, $"sum += {Term};") + "    sum = block_sum(sum, shared);\n",
        (true, false) => "    float top = -INFINITY;\n" + Loop(design, "top = fmaxf(top, v);") + "    top = block_max(top, shared);\n"
            + "    float sum = 0.0f;\n" + Loop(design, $"sum += {Term};") + "    sum = block_sum(sum, shared);\n",
        (true, true) => "    float mine = -INFINITY;\n    float sum = 0.0f;\n"
            + Loop(design, "if (v > mine) { sum = sum * expf(mine - v) + 1.0f; mine = v; } else { sum += expf(v - mine); }")
            + "    float top = block_max(mine, shared);\n    sum = block_sum(mine == top ? sum : sum * expf(mine - top), shared);\n",
    };

    private static string Loop(Design design, string body, bool store = false)
    {
        var unroll = Invariant($"    #pragma unroll {design.Unroll}\n");
        var plain = unroll + $"    for (int i = threadIdx.x; i < columns; i += BLOCK) {{\n        float v = row[i];\n        {body.Replace("$i", "i", StringComparison.Ordinal)}\n    }}\n";
        if (design.Vector == 1)
        {
            return plain;
        }

        var parts = string.Concat("xyzw".Select((part, offset) => Invariant($"        {{ float v = q.{part}; {body.Replace("$i", $"i + {offset}", StringComparison.Ordinal)} }}\n")));
        if (store)
        {
            // Four results leave together.
            var expression = body[(body.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().TrimEnd(';');
            parts = "        float4 result;\n" + string.Concat("xyzw".Select(part => $"        {{ float v = q.{part}; result.{part} = {expression}; }}\n"))
                + "        *reinterpret_cast<float4*>(to + i) = result;\n";
        }

        return $"#if VEC == 4\n{unroll}    for (int i = threadIdx.x * 4; i < columns; i += BLOCK * 4) {{\n        float4 q = *reinterpret_cast<const float4*>(row + i);\n{parts}    }}\n#else\n{plain}#endif\n";
    }
}
