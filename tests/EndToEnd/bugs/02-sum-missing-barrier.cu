/*launch-plan
{
  "buffers": {
    "partial": { "dtype": "float32", "shape": ["SPLITS", "out.numel"] }
  },
  "defines": {
    "VEC": "4 if x.shape[2] % 4 == 0 else 1",
    "SPLITS": "max(1, min(ceil_div(x.shape[1], 64), ceil_div(1056, ceil_div(x.shape[2], 128) * x.shape[0])))"
  },
  "launches": [
    { "kernel": "sum_rows<VEC>", "grid": ["ceil_div(x.shape[2], 32 * VEC)", "SPLITS", "min(x.shape[0], 65535)"], "block": [32, 8],
      "args": ["x", "partial", "x.shape[0]", "x.shape[1]", "x.shape[2]"], "when": "SPLITS > 1" },
    { "kernel": "add_partials", "grid": ["ceil_div(out.numel, 256)"], "block": [256], "args": ["partial", "out", "out.numel"], "when": "SPLITS > 1" },
    { "kernel": "sum_rows<VEC>", "grid": ["ceil_div(x.shape[2], 32 * VEC)", 1, "min(x.shape[0], 65535)"], "block": [32, 8],
      "args": ["x", "out", "x.shape[0]", "x.shape[1]", "x.shape[2]"], "when": "SPLITS == 1" }
  ]
}
*/

// Sum over the middle dimension of x[batches, rows, columns]: out[b, 0, c] = sum over r of x[b, r, c].
//
// Columns are neighbours in memory, so a warp takes 32 * VEC neighbouring columns of one row: 512 bytes with one
// instruction, whatever the row. The 8 warps of a block take every 8th row and meet in shared memory at the end.
//
//  * VEC is 4 where every row starts on a 16-byte boundary (columns divisible by 4), else 1.
//  * SPLITS cuts the rows into slices where batches and columns alone give too few blocks to fill the GPU
//    (1056 = 132 SMs * 8 blocks). Slices are summed by a second, tiny kernel in a fixed order: no atomics, the same
//    result every time. Where one slice is enough, it writes to `out` itself.

template <int N> struct Vector { float v[N]; };

template <int N>
__device__ __forceinline__ Vector<N> load(const float* p) {
    Vector<N> r;
    if (N == 4) {
        float4 q = __ldcs(reinterpret_cast<const float4*>(p));
        r.v[0] = q.x; r.v[1 % N] = q.y; r.v[2 % N] = q.z; r.v[3 % N] = q.w;
    } else {
        r.v[0] = __ldcs(p);
    }
    return r;
}

template <int N>
__global__ void __launch_bounds__(256) sum_rows(const float* __restrict__ x, float* __restrict__ sums, int batches, int rows, int columns) {
    const int column = (blockIdx.x * 32 + threadIdx.x) * N;   // columns % N == 0: a vector is wholly inside or wholly outside
    const int slice = (rows + gridDim.y - 1) / gridDim.y;
    const int first = blockIdx.y * slice;
    const int last = min(first + slice, rows);
    __shared__ float meet[8][32 * N];

    for (int batch = blockIdx.z; batch < batches; batch += gridDim.z) {
        float sum[N] = {};
        if (column < columns) {
            const float* base = x + (long long)batch * rows * columns + column;
            int r = first + threadIdx.y;
            for (; r + 24 < last; r += 32) {                  // four loads in flight before the first addition
                Vector<N> a = load<N>(base + (long long)r * columns);
                Vector<N> b = load<N>(base + (long long)(r + 8) * columns);
                Vector<N> c = load<N>(base + (long long)(r + 16) * columns);
                Vector<N> d = load<N>(base + (long long)(r + 24) * columns);
                #pragma unroll
                for (int k = 0; k < N; ++k) sum[k] += (a.v[k] + b.v[k]) + (c.v[k] + d.v[k]);
            }
            for (; r < last; r += 8) {
                Vector<N> a = load<N>(base + (long long)r * columns);
                #pragma unroll
                for (int k = 0; k < N; ++k) sum[k] += a.v[k];
            }
        }

        #pragma unroll
        for (int k = 0; k < N; ++k) meet[threadIdx.y][k * 32 + threadIdx.x] = sum[k];
        if (threadIdx.y == 0 && column < columns) {
            float* to = sums + ((long long)blockIdx.y * batches + batch) * columns + column;
            #pragma unroll
            for (int k = 0; k < N; ++k) {
                float total = 0.0f;
                #pragma unroll
                for (int w = 0; w < 8; ++w) total += meet[w][k * 32 + threadIdx.x];
                to[k] = total;
            }
        }
        __syncthreads();                                      // the next batch overwrites `meet`
    }
}

// out[i] = sum of the slices, in order; `partial` is [SPLITS, n].
extern "C" __global__ void add_partials(const float* __restrict__ partial, float* __restrict__ out, long long n) {
    const long long i = (long long)blockIdx.x * 256 + threadIdx.x;
    if (i >= n) return;
    float sum = 0.0f;
    for (int s = 0; s < SPLITS; ++s) sum += partial[s * n + i];
    out[i] = sum;
}
