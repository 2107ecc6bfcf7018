/*launch-plan
{
  "buffers": {
    "means":    { "dtype": "float32", "shape": ["x.numel // ln.weight.numel", "ceil_div(ln.weight.numel, CHUNK)"] },
    "squares":  { "dtype": "float32", "shape": ["x.numel // ln.weight.numel", "ceil_div(ln.weight.numel, CHUNK)"] },
    "row_mean":  { "dtype": "float32", "shape": ["x.numel // ln.weight.numel"] },
    "row_scale": { "dtype": "float32", "shape": ["x.numel // ln.weight.numel"] }
  },
  "defines": { "CHUNK": 8192, "VEC": "4 if ln.weight.numel % 4 == 0 else 1" },
  "launches": [
    { "kernel": "chunk_statistics<VEC>", "grid": ["ceil_div(ln.weight.numel, CHUNK)", "x.numel // ln.weight.numel"], "block": [256],
      "args": ["x", "means", "squares", "ln.weight.numel"] },
    { "kernel": "row_statistics", "grid": ["x.numel // ln.weight.numel"], "block": [256],
      "args": ["means", "squares", "row_mean", "row_scale", "ceil_div(ln.weight.numel, CHUNK)", "ln.weight.numel", 1e-5] },
    { "kernel": "normalise<VEC>", "grid": ["ceil_div(ln.weight.numel, 256 * VEC)", "ceil_div(x.numel // ln.weight.numel, 8)"], "block": [256],
      "args": ["x", "ln.weight", "ln.bias", "row_mean", "row_scale", "out", "x.numel // ln.weight.numel", "ln.weight.numel"] }
  ]
}
*/

// Layer norm over few, huge rows (64 rows of 4 Mi elements): one block a row would leave half of the GPU idle, so every
// row is cut into chunks of 8192 elements that any block can take.
//
//   chunk_statistics   each chunk: mean, and sum of squares about that mean. The chunk stays in registers between the
//                      two, so x is read once, and nothing cancels (E[x^2] - E[x]^2 would).
//   row_statistics     each row: its chunks joined by Chan's formula, in a fixed order.
//   normalise          out = (x - mean) * scale * weight + bias. A thread keeps weight and bias of its columns in
//                      registers for 8 rows, so those are fetched once for 8 rows.
//
// VEC is 4 where every row starts on a 16-byte boundary (row length divisible by 4), else 1.

#define BLOCK 256
#define PER_THREAD (CHUNK / BLOCK)          /* 32 elements a thread in registers */
#define ROWS_A_THREAD 8

// Sum over the block, the same in every thread. `meet` holds one value a warp.
__device__ __forceinline__ float block_sum(float v, float* meet) {
    #pragma unroll
    for (int distance = 16; distance > 0; distance /= 2) v += __shfl_xor_sync(0xffffffffu, v, distance);
    if (threadIdx.x % 32 == 0) {
        meet[threadIdx.x / 32] = v;
        __syncthreads();                    // all warps have stored
    }
    float sum = 0.0f;
    #pragma unroll
    for (int w = 0; w < BLOCK / 32; ++w) sum += meet[w];
    __syncthreads();                        // `meet` may be used again
    return sum;
}

template <int N>
__global__ void __launch_bounds__(BLOCK) chunk_statistics(const float* __restrict__ x, float* __restrict__ means, float* __restrict__ squares, int n) {
    __shared__ float meet[BLOCK / 32];
    const int start = blockIdx.x * CHUNK;
    const int count = min(CHUNK, n - start);
    const float* from = x + (long long)blockIdx.y * n + start;

    float v[PER_THREAD];
    float sum = 0.0f;
    #pragma unroll
    for (int k = 0; k < PER_THREAD; k += N) {
        const int i = k * BLOCK + threadIdx.x * N;           // count % N == 0: a vector is wholly inside or wholly outside
        if (N == 4) {
            float4 q = i < count ? *reinterpret_cast<const float4*>(from + i) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
            v[k] = q.x; v[k + 1 % N] = q.y; v[k + 2 % N] = q.z; v[k + 3 % N] = q.w;
        } else {
            v[k] = i < count ? from[i] : 0.0f;
        }
    }
    #pragma unroll
    for (int k = 0; k < PER_THREAD; ++k) sum += v[k];
    const float mean = block_sum(sum, meet) / count;

    float about_mean = 0.0f;
    #pragma unroll
    for (int k = 0; k < PER_THREAD; k += N) {
        if (k * BLOCK + threadIdx.x * N < count) {
            #pragma unroll
            for (int j = 0; j < N; ++j) about_mean += (v[k + j] - mean) * (v[k + j] - mean);
        }
    }
    about_mean = block_sum(about_mean, meet);

    if (threadIdx.x == 0) {
        means[(long long)blockIdx.y * gridDim.x + blockIdx.x] = mean;
        squares[(long long)blockIdx.y * gridDim.x + blockIdx.x] = about_mean;
    }
}

// Chunk c holds min(CHUNK, n - c * CHUNK) elements; with row mean m its share of the sum of squares about m is
// squares[c] + count * (means[c] - m)^2.
extern "C" __global__ void __launch_bounds__(BLOCK) row_statistics(const float* __restrict__ means, const float* __restrict__ squares,
                                                                   float* __restrict__ row_mean, float* __restrict__ row_scale, int chunks, int n, float eps) {
    __shared__ float meet[BLOCK / 32];
    means += (long long)blockIdx.x * chunks;
    squares += (long long)blockIdx.x * chunks;

    float sum = 0.0f;
    for (int c = threadIdx.x; c < chunks; c += BLOCK) sum += means[c] * min(CHUNK, n - c * CHUNK);
    const float mean = block_sum(sum, meet) / n;

    float about_mean = 0.0f;
    for (int c = threadIdx.x; c < chunks; c += BLOCK) {
        const float d = means[c] - mean;
        about_mean += squares[c] + d * d * min(CHUNK, n - c * CHUNK);
    }
    about_mean = block_sum(about_mean, meet);

    if (threadIdx.x == 0) {
        row_mean[blockIdx.x] = mean;
        row_scale[blockIdx.x] = 1.0f / sqrtf(about_mean / n + eps);
    }
}

template <int N>
__global__ void __launch_bounds__(BLOCK) normalise(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                                   const float* __restrict__ row_mean, const float* __restrict__ row_scale, float* __restrict__ out, int rows, int n) {
    const int column = (blockIdx.x * BLOCK + threadIdx.x) * N;
    if (column >= n) return;
    const int first = blockIdx.y * ROWS_A_THREAD;
    const int last = min(first + ROWS_A_THREAD, rows);

    if (N == 4) {
        const float4 w = *reinterpret_cast<const float4*>(weight + column);
        const float4 b = *reinterpret_cast<const float4*>(bias + column);
        #pragma unroll 4
        for (int row = first; row < last; ++row) {
            const long long at = (long long)row * n + column;
            const float mean = row_mean[row], scale = row_scale[row];
            const float4 v = __ldcs(reinterpret_cast<const float4*>(x + at));
            __stcs(reinterpret_cast<float4*>(out + at), make_float4((v.x - mean) * scale * w.x + b.x, (v.y - mean) * scale * w.y + b.y,
                                                                    (v.z - mean) * scale * w.z + b.z, (v.w - mean) * scale * w.w + b.w));
        }
    } else {
        const float w = weight[column], b = bias[column];
        for (int row = first; row < last; ++row) {
            const long long at = (long long)row * n + column;
            out[at] = (x[at] - row_mean[row]) * row_scale[row] * w + b;
        }
    }
}
