/*launch-plan
{
  "defines": { "VEC": "4 if x.shape[1] % 4 == 0 else 1" },
  "launches": [
    { "kernel": "gemm_add_relu<VEC>", "grid": ["ceil_div(out.shape[1], 128)", "ceil_div(out.shape[0], 128)"], "block": [256],
      "args": ["x", "gemm.weight", "bias", "out", "out.shape[0]", "out.shape[1]", "x.shape[1]"] }
  ]
}
*/

// out[m, n] = relu(x[m, k] * weight[n, k]^T + bias[n]) in float32 on the CUDA cores, in one kernel: bias and relu are
// applied to the sums while they are still in registers.
//
// A block makes a tile of 128 x 128 in 256 threads; a thread makes 8 x 8 of it. Both operands have k as their fast
// dimension, so both tiles are fetched the same way (16 bytes of one row a thread) and stored transposed: xs[k][row],
// ws[k][column]. A thread's 8 rows are 4 + 4, its columns likewise, read from shared memory 16 bytes at a time. While
// one step of 8 along k is multiplied, the next one is on its way in registers; two buffers, one barrier a step.
//
// VEC is 4 where every row starts on a 16-byte boundary (k divisible by 4), else 1.

#define TILE 128
#define STEP 8
#define PAD 4

// Four neighbours of a row, from `column` on; zeros outside the matrix.
template <int N>
__device__ __forceinline__ float4 load4(const float* __restrict__ matrix, int row, int column, int rows, int columns) {
    if (row >= rows) return make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    const float* p = matrix + (long long)row * columns + column;
    if (N == 4) {
        return column < columns ? *reinterpret_cast<const float4*>(p) : make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    }
    return make_float4(column < columns ? p[0] : 0.0f, column + 1 < columns ? p[1] : 0.0f,
                       column + 2 < columns ? p[2] : 0.0f, column + 3 < columns ? p[3] : 0.0f);
}

__device__ __forceinline__ void store_transposed(float (*tile)[TILE + PAD], int k, int row, float4 v) {
    tile[k + 0][row] = v.x;
    tile[k + 1][row] = v.y;
    tile[k + 2][row] = v.z;
    tile[k + 3][row] = v.w;
}

template <int N>
__global__ void __launch_bounds__(256, 2) gemm_add_relu(const float* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                                        float* __restrict__ out, int m, int n, int k) {
    __shared__ __align__(16) float xs[2][STEP][TILE + PAD];
    __shared__ __align__(16) float ws[2][STEP][TILE + PAD];
    const int row0 = blockIdx.y * TILE, column0 = blockIdx.x * TILE;
    const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;              // which 8 x 8 of the tile
    const int line = threadIdx.x / 2, part = threadIdx.x % 2 * 4;        // which 4 values this thread fetches of each operand

    float sum[8][8] = {};
    float4 x_next = load4<N>(x, row0 + line, part, m, k);
    float4 w_next = load4<N>(weight, column0 + line, part, n, k);
    int now = 0;

    for (int k0 = 0; k0 < k; k0 += STEP) {
        store_transposed(xs[now], part, line, x_next);
        store_transposed(ws[now], part, line, w_next);
        __syncthreads();                                                 // the other buffer is free once all are here

        x_next = load4<N>(x, row0 + line, k0 + STEP + part, m, k);       // zeros after the last step
        w_next = load4<N>(weight, column0 + line, k0 + STEP + part, n, k);

        #pragma unroll
        for (int i = 0; i < STEP; ++i) {
            float a[8], b[8];
            *reinterpret_cast<float4*>(a)     = *reinterpret_cast<const float4*>(&xs[now][i][ty * 4]);
            *reinterpret_cast<float4*>(a + 4) = *reinterpret_cast<const float4*>(&xs[now][i][64 + ty * 4]);
            *reinterpret_cast<float4*>(b)     = *reinterpret_cast<const float4*>(&ws[now][i][tx * 4]);
            *reinterpret_cast<float4*>(b + 4) = *reinterpret_cast<const float4*>(&ws[now][i][64 + tx * 4]);
            #pragma unroll
            for (int r = 0; r < 8; ++r) {
                #pragma unroll
                for (int c = 0; c < 8; ++c) sum[r][c] += a[r] * b[c];
            }
        }
        now ^= 1;
    }

    #pragma unroll
    for (int half = 0; half < 2; ++half) {
        const int column = column0 + half * 64 + tx * 4;
        float b[4];
        #pragma unroll
        for (int c = 0; c < 4; ++c) b[c] = column + c < n ? bias[column + c] : 0.0f;
        #pragma unroll
        for (int r = 0; r < 8; ++r) {
            const int row = row0 + r / 4 * 64 + ty * 4 + r % 4;
            if (row >= m) continue;
            float v[4];
            #pragma unroll
            for (int c = 0; c < 4; ++c) v[c] = fmaxf(sum[r][half * 4 + c] + b[c], 0.0f);
            float* to = out + (long long)row * n + column;
            if (N == 4 || k > 0) {
                if (column < n) *reinterpret_cast<float4*>(to) = make_float4(v[0], v[1], v[2], v[3]);
            } else {
                #pragma unroll
                for (int c = 0; c < 4; ++c) if (column + c < n) to[c] = v[c];
            }
        }
    }
}
