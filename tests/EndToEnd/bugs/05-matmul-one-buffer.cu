/*launch-plan
{
  "defines": { "VEC": "4 if A.shape[1] % 4 == 0 and B.shape[1] % 4 == 0 else 1" },
  "launches": [
    { "kernel": "matmul<VEC>", "grid": ["ceil_div(B.shape[1], 128)", "ceil_div(A.shape[0], 128)"], "block": [256],
      "args": ["A", "B", "out", "A.shape[0]", "B.shape[1]", "A.shape[1]"] }
  ]
}
*/

// C[m, n] = A[m, k] * B[k, n] in float32 on the CUDA cores.
//
// A block makes a tile of 128 x 128 of C in 256 threads; a thread makes 8 x 8 of it, in registers: 64 multiply-adds for
// 16 values read from shared memory. K is walked in steps of 8; while a step is multiplied, the next one is on its way
// from DRAM in registers, and two shared buffers mean one barrier a step.
//
//        B  8 x 128                    A's tile is stored transposed (as[k][row]), so that a thread's rows are neighbours
//      +-----------+                   and come with 16-byte loads, and padded by 4 so that storing it has fewer conflicts.
//  A   |           |                   A thread's 8 rows are 4 + 4 (ty*4, 64 + ty*4), its columns likewise: a quarter warp
//  128 |     C     |                   then reads 128 neighbouring bytes of `bs` at a time, without bank conflicts.
//  x 8 |           |
//
// VEC is 4 where every row of A and B starts on a 16-byte boundary, else 1.

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

template <int N>
__global__ void __launch_bounds__(256, 2) matmul(const float* __restrict__ A, const float* __restrict__ B, float* __restrict__ C, int m, int n, int k) {
    __shared__ __align__(16) float as[2][STEP][TILE + PAD];
    __shared__ __align__(16) float bs[2][STEP][TILE];
    const int row0 = blockIdx.y * TILE, column0 = blockIdx.x * TILE;
    const int tx = threadIdx.x % 16, ty = threadIdx.x / 16;              // which 8 x 8 of the tile
    const int a_row = threadIdx.x / 2, a_k = threadIdx.x % 2 * 4;        // which 4 values of A this thread fetches
    const int b_k = threadIdx.x / 32, b_column = threadIdx.x % 32 * 4;   // which 4 values of B

    float sum[8][8] = {};
    float4 a_next = load4<N>(A, row0 + a_row, a_k, m, k);
    float4 b_next = load4<N>(B, b_k, column0 + b_column, k, n);
    int now = 0;

    for (int k0 = 0; k0 < k; k0 += STEP) {
        as[now][a_k + 0][a_row] = a_next.x;
        as[now][a_k + 1][a_row] = a_next.y;
        as[now][a_k + 2][a_row] = a_next.z;
        as[now][a_k + 3][a_row] = a_next.w;
        *reinterpret_cast<float4*>(&bs[now][b_k][b_column]) = b_next;
        __syncthreads();                                                 // the other buffer is free once all are here

        a_next = load4<N>(A, row0 + a_row, k0 + STEP + a_k, m, k);       // zeros after the last step
        b_next = load4<N>(B, k0 + STEP + b_k, column0 + b_column, k, n);

        #pragma unroll
        for (int i = 0; i < STEP; ++i) {
            float a[8], b[8];
            *reinterpret_cast<float4*>(a)     = *reinterpret_cast<const float4*>(&as[now][i][ty * 4]);
            *reinterpret_cast<float4*>(a + 4) = *reinterpret_cast<const float4*>(&as[now][i][64 + ty * 4]);
            *reinterpret_cast<float4*>(b)     = *reinterpret_cast<const float4*>(&bs[now][i][tx * 4]);
            *reinterpret_cast<float4*>(b + 4) = *reinterpret_cast<const float4*>(&bs[now][i][64 + tx * 4]);
            #pragma unroll
            for (int r = 0; r < 8; ++r) {
                #pragma unroll
                for (int c = 0; c < 8; ++c) sum[r][c] += a[r] * b[c];
            }
        }
    }

    #pragma unroll
    for (int r = 0; r < 8; ++r) {
        const int row = row0 + r / 4 * 64 + ty * 4 + r % 4;
        if (row >= m) continue;
        #pragma unroll
        for (int half = 0; half < 2; ++half) {
            const int column = column0 + half * 64 + tx * 4;
            float* to = C + (long long)row * n + column;
            if (N == 4) {
                if (column < n) *reinterpret_cast<float4*>(to) = make_float4(sum[r][half * 4], sum[r][half * 4 + 1], sum[r][half * 4 + 2], sum[r][half * 4 + 3]);
            } else {
                #pragma unroll
                for (int c = 0; c < 4; ++c) if (column + c < n) to[c] = sum[r][half * 4 + c];
            }
        }
    }
}
