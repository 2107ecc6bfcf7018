namespace KernelForge.Agents.Student;

/// <summary>A matrix product <c>out[m, n] = A[m, k] · B[k, n]</c>, either operand perhaps transposed, perhaps in batches.</summary>
internal sealed record MatmulKernel(bool TransposedA = false, bool TransposedB = false, bool Batched = false) : KernelFamily
{
    public override IReadOnlyList<string> Moves => ["tile", "register_tile", "pad", "unroll"];

    public override string Write(Design design)
    {
        var side = 16 * Math.Max(1, design.Tile);
        var (m, n, k) = (
            TransposedA ? "A.shape[-1]" : Batched ? "A.shape[-2]" : "A.numel // A.shape[-1]",
            TransposedB ? "B.shape[-2]" : "B.shape[-1]",
            TransposedA ? "A.shape[-2]" : "A.shape[-1]");
        var launch = Invariant($"    {{ \"kernel\": \"matmul\", \"grid\": [\"ceil_div({n}, {side})\", \"ceil_div({m}, {side})\"{(Batched ? ", \"A.shape[0]\"" : "")}], \"block\": [16, 16], \"args\": [\"A\", \"B\", \"out\", \"{m}\", \"{n}\", \"{k}\"] }}");
        return Head(design, [], launch, usesBlock: false)
            + "extern \"C\" __global__ void matmul(const float* __restrict__ A, const float* __restrict__ B, float* __restrict__ out, int m, int n, int k) {\n"
            + (Batched ? "    A += (long long)blockIdx.z * m * k;\n    B += (long long)blockIdx.z * k * n;\n    out += (long long)blockIdx.z * m * n;\n" : "")
            + (design.Tile == 0 ? Plain(design) : Tiled(design)) + "}\n";
    }

    private string Plain(Design design) => $$"""
            int row = blockIdx.y * 16 + threadIdx.y;
            int column = blockIdx.x * 16 + threadIdx.x;
            if (row < m && column < n) {
                float sum = 0.0f;
                #pragma unroll {{design.Unroll}}
                for (int i = 0; i < k; ++i) sum += {{OfA("row", "i")}} * {{OfB("i", "column")}};
                out[(long long)row * n + column] = sum;
            }

        """;

    private string Tiled(Design design)
    {
        var side = 16 * design.Tile;
        var width = side + (design.Padded ? 1 : 0);
        var loadA = TransposedA
            ? $"as[threadIdx.y][threadIdx.x + 16 * j] = k0 + threadIdx.y < k && row0 + threadIdx.x + 16 * j < m ? {OfA("(row0 + threadIdx.x + 16 * j)", "(k0 + threadIdx.y)")} : 0.0f;"
            : $"as[threadIdx.x][threadIdx.y + 16 * j] = k0 + threadIdx.x < k && row0 + threadIdx.y + 16 * j < m ? {OfA("(row0 + threadIdx.y + 16 * j)", "(k0 + threadIdx.x)")} : 0.0f;";
        var loadB = TransposedB
            ? $"bs[threadIdx.x][threadIdx.y + 16 * j] = k0 + threadIdx.x < k && column0 + threadIdx.y + 16 * j < n ? {OfB("(k0 + threadIdx.x)", "(column0 + threadIdx.y + 16 * j)")} : 0.0f;"
            : $"bs[threadIdx.y][threadIdx.x + 16 * j] = k0 + threadIdx.y < k && column0 + threadIdx.x + 16 * j < n ? {OfB("(k0 + threadIdx.y)", "(column0 + threadIdx.x + 16 * j)")} : 0.0f;";
        return $$"""
                __shared__ float as[16][{{width}}];
                __shared__ float bs[16][{{width}}];
                int row0 = blockIdx.y * {{side}};
                int column0 = blockIdx.x * {{side}};
                float sum[{{design.Tile}}][{{design.Tile}}] = {};
                for (int k0 = 0; k0 < k; k0 += 16) {
                    for (int j = 0; j < {{design.Tile}}; ++j) {
                        {{loadA}}
                        {{loadB}}
                    }
                    __syncthreads();
                    #pragma unroll
                    for (int i = 0; i < 16; ++i) {
                        for (int r = 0; r < {{design.Tile}}; ++r) {
                            for (int c = 0; c < {{design.Tile}}; ++c) sum[r][c] += as[i][threadIdx.y + 16 * r] * bs[i][threadIdx.x + 16 * c];
                        }
                    }
                    __syncthreads();
                }
                for (int r = 0; r < {{design.Tile}}; ++r) {
                    for (int c = 0; c < {{design.Tile}}; ++c) {
                        int row = row0 + threadIdx.y + 16 * r;
                        int column = column0 + threadIdx.x + 16 * c;
                        if (row < m && column < n) out[(long long)row * n + column] = sum[r][c];
                    }
                }

            """;
    }

    private string OfA(string row, string i) => TransposedA ? $"A[(long long){i} * m + {row}]" : $"A[(long long){row} * k + {i}]";

    private string OfB(string i, string column) => TransposedB ? $"B[(long long){column} * k + {i}]" : $"B[(long long){i} * n + {column}]";
}
