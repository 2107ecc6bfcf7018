namespace KernelForge.Agents.Student;

/// <summary>A reduction over the middle dimension of <c>x[b, r, c]</c>.</summary>
/// <param name="Combine">Two values, <c>$a</c> and <c>$b</c>, into one.</param>
/// <param name="Identity">What changes nothing.</param>
/// <param name="Finish">The result from <c>$v</c> and <c>rows</c>.</param>
internal sealed record ColumnKernel(string Combine, string Identity, string Finish = "$v") : KernelFamily
{
    public override Design Naive => new() { Block = 128 };

    public override IReadOnlyList<string> Moves => ["vector", "unroll", "split", "larger_block", "smaller_block", "tunables"];

    public override string Write(Design design)
    {
        var vector = design.Vector == 4 ? "4 if x.shape[2] % 4 == 0 else 1" : "1";
        var block = design.Split > 1 ? Invariant($"\"BLOCK // {design.Split}\", {design.Split}") : "\"BLOCK\"";
        var launch = Invariant($"    {{ \"kernel\": \"reduce_rows\", \"grid\": [\"ceil_div(x.shape[2], BLOCK // {design.Split} * VEC)\", \"x.shape[0]\"], \"block\": [{block}], \"args\": [\"x\", \"out\", \"x.shape[1]\", \"x.shape[2]\"] }}");
        var meet = design.Split == 1 ? "" : $$"""
                __shared__ float part[BLOCK * VEC];
                for (int v = 0; v < VEC; ++v) part[(threadIdx.y * COLUMNS + threadIdx.x) * VEC + v] = value[v];
                __syncthreads();
                if (threadIdx.y > 0) return;
                for (int s = 1; s < {{design.Split}}; ++s) {
                    for (int v = 0; v < VEC; ++v) value[v] = combine(value[v], part[(s * COLUMNS + threadIdx.x) * VEC + v]);
                }

            """;
        return Head(design, [("VEC", $"\"{vector}\"")], launch) + $$"""
            #define COLUMNS (BLOCK / {{design.Split}})

            __device__ __forceinline__ float combine(float a, float b) { return {{Combine.Replace("$a", "a", StringComparison.Ordinal).Replace("$b", "b", StringComparison.Ordinal)}}; }

            extern "C" __global__ void reduce_rows(const float* __restrict__ x, float* __restrict__ out, int rows, int columns) {
                int column = (blockIdx.x * COLUMNS + threadIdx.x) * VEC;
                float value[VEC];
                for (int v = 0; v < VEC; ++v) value[v] = {{Identity}};
                if (column < columns) {
                    const float* from = x + (long long)blockIdx.y * rows * columns + column;
                    #pragma unroll {{design.Unroll}}
                    for (int r = threadIdx.y; r < rows; r += {{design.Split}}) {
            #if VEC == 4
                        float4 q = *reinterpret_cast<const float4*>(from + (long long)r * columns);
                        value[0] = combine(value[0], q.x);
                        value[1] = combine(value[1], q.y);
                        value[2] = combine(value[2], q.z);
                        value[3] = combine(value[3], q.w);
            #else
                        value[0] = combine(value[0], from[(long long)r * columns]);
            #endif
                    }
                }
            {{meet}}    if (column < columns) {
                    for (int v = 0; v < VEC; ++v) out[(long long)blockIdx.y * columns + column + v] = {{Finish.Replace("$v", "value[v]", StringComparison.Ordinal)}};
                }
            }

            """;
    }
}
