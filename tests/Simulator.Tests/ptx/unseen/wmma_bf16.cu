// bfloat16 product by wmma, 64 x 64 tiles by four warps, rows of shared memory padded by eight, epilogue through shared memory with a tanh-GELU.
#include <cuda_bf16.h>
#include <mma.h>
using namespace nvcuda;

extern "C" __global__ void __launch_bounds__(128) wmma_bf16(const __nv_bfloat16* __restrict__ a, const __nv_bfloat16* __restrict__ b, __nv_bfloat16* __restrict__ c, int m, int n, int k) {
    constexpr int T = 64, K = 32, PAD = 8;
    extern __shared__ __align__(32) unsigned char raw[];
    auto as = reinterpret_cast<__nv_bfloat16(*)[K + PAD]>(raw);
    auto bs = reinterpret_cast<__nv_bfloat16(*)[T + PAD]>(raw + T * (K + PAD) * 2);
    auto cs = reinterpret_cast<float(*)[T + PAD]>(raw);
    const int warp = threadIdx.x / 32, row = blockIdx.y * T, column = blockIdx.x * T;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum[2][2];
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) wmma::fill_fragment(sum[i][j], 0.0f);
    const __nv_bfloat16 zero = __float2bfloat16(0.0f);
    for (int at = 0; at < k; at += K) {
        for (int i = threadIdx.x; i < T * K; i += 128) as[i / K][i % K] = row + i / K < m && at + i % K < k ? a[(size_t)(row + i / K) * k + at + i % K] : zero;
        for (int i = threadIdx.x; i < K * T; i += 128) bs[i / T][i % T] = at + i / T < k && column + i % T < n ? b[(size_t)(at + i / T) * n + column + i % T] : zero;
        __syncthreads();
        for (int kk = 0; kk < K; kk += 16) {
            wmma::fragment<wmma::matrix_a, 16, 16, 16, __nv_bfloat16, wmma::row_major> fa[2];
            wmma::fragment<wmma::matrix_b, 16, 16, 16, __nv_bfloat16, wmma::row_major> fb[2];
            for (int i = 0; i < 2; i++) wmma::load_matrix_sync(fa[i], &as[warp / 2 * 32 + i * 16][kk], K + PAD);
            for (int j = 0; j < 2; j++) wmma::load_matrix_sync(fb[j], &bs[kk][warp % 2 * 32 + j * 16], T + PAD);
            for (int i = 0; i < 2; i++)
                for (int j = 0; j < 2; j++) wmma::mma_sync(sum[i][j], fa[i], fb[j], sum[i][j]);
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
#pragma unroll
            for (int e = 0; e < sum[i][j].num_elements; e++) {
                const float v = sum[i][j].x[e];
                sum[i][j].x[e] = 0.5f * v * (1.0f + tanhf(0.7978845608f * (v + 0.044715f * v * v * v)));
            }
            wmma::store_matrix_sync(&cs[warp / 2 * 32 + i * 16][warp % 2 * 32 + j * 16], sum[i][j], T + PAD, wmma::mem_row_major);
        }
    __syncthreads();
    for (int i = threadIdx.x; i < T * T / 2; i += 128) {
        const int r = i / (T / 2), q = i % (T / 2) * 2;
        if (row + r < m && column + q + 1 < n)
            *reinterpret_cast<__nv_bfloat162*>(&c[(size_t)(row + r) * n + column + q]) = __floats2bfloat162_rn(cs[r][q], cs[r][q + 1]);
        else if (row + r < m && column + q < n)
            c[(size_t)(row + r) * n + column + q] = __float2bfloat16(cs[r][q]);
    }
}
