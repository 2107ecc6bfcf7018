namespace KernelForge.Agents.Student;

/// <summary>A number out of two tensors: the sum of a function of their pairs, divided.</summary>
/// <param name="Term">The function of <c>p</c> and <c>t</c>.</param>
/// <param name="Divisor">The plan's expression for what divides the sum.</param>
/// <param name="TargetIndex">Index of the target for element <c>$i</c>.</param>
internal sealed record LossKernel(string Term, string Divisor = "predictions.numel", string TargetIndex = "$i") : KernelFamily
{
    public override IReadOnlyList<string> Moves => ["vector", "unroll", "split", "shuffles", "larger_block", "smaller_block", "tunables"];

    public override string Write(Design design)
    {
        var blocks = Invariant($"\"min(ceil_div(predictions.numel, BLOCK), {132 * design.Split})\"");
        var partial = """
                { "kernel": "partial_sums", "grid": ["BLOCKS"], "block": ["BLOCK"], "args": ["predictions", "targets", "partial", "predictions.numel", "predictions.shape[-1]"] },
                { "kernel": "total", "grid": [1], "block": ["BLOCK"], "args": ["partial", "out", "BLOCKS", "DIVISOR"] }
            """.Replace("DIVISOR", Divisor, StringComparison.Ordinal);
        return Head(design, [("BLOCKS", blocks)], partial, "\"partial\": { \"dtype\": \"float32\", \"shape\": [\"BLOCKS\"] }") + BlockReduction("block_sum", "$a + $b", "0.0f", design.Shuffles) + $$"""
            __device__ __forceinline__ float term(float p, float t) { return {{Term}}; }

            extern "C" __global__ void partial_sums(const float* __restrict__ predictions, const float* __restrict__ targets, float* __restrict__ partial, long long n, long long columns) {
                __shared__ float shared[BLOCK];
                float sum = 0.0f;
                long long stride = (long long)gridDim.x * BLOCK;
            {{Loop(design)}}    sum = block_sum(sum, shared);
                if (threadIdx.x == 0) partial[blockIdx.x] = sum;
            }

            extern "C" __global__ void total(const float* __restrict__ partial, float* __restrict__ out, int blocks, float divisor) {
                __shared__ float shared[BLOCK];
                float sum = 0.0f;
                for (int i = threadIdx.x; i < blocks; i += BLOCK) sum += partial[i];
                sum = block_sum(sum, shared);
                if (threadIdx.x == 0) *out = sum / divisor;
            }

            """;
    }

    private string Loop(Design design)
    {
        var unroll = Invariant($"    #pragma unroll {design.Unroll}\n");
        string Target(string index) => $"targets[{TargetIndex.Replace("$i", index, StringComparison.Ordinal)}]";
        if (design.Vector == 1)
        {
            return unroll + $"    for (long long i = (long long)blockIdx.x * BLOCK + threadIdx.x; i < n; i += stride) sum += term(predictions[i], {Target("i")});\n";
        }

        var parts = string.Concat("xyzw".Select((part, offset) => Invariant($"        sum += term(p.{part}, {(TargetIndex == "$i" ? $"t.{part}" : Target($"(4 * g + {offset})"))});\n")));
        return "    long long groups = n / 4;\n" + unroll + "    for (long long g = (long long)blockIdx.x * BLOCK + threadIdx.x; g < groups; g += stride) {\n"
            + "        float4 p = reinterpret_cast<const float4*>(predictions)[g];\n"
            + (TargetIndex == "$i" ? "        float4 t = reinterpret_cast<const float4*>(targets)[g];\n" : "") + parts + "    }\n"
            + $"    long long i = 4 * groups + threadIdx.x;\n    if (blockIdx.x == 0 && i < n) sum += term(predictions[i], {Target("i")});\n";
    }
}
