#include <cuda_pipeline.h>
#include <mma.h>
extern "C" __global__ void async_copy(const float4* __restrict__ x, float4* __restrict__ out) {
    __shared__ float4 s[2][128];
    __pipeline_memcpy_async(&s[0][threadIdx.x], &x[threadIdx.x], 16);
    __pipeline_commit();
    __pipeline_memcpy_async(&s[1][threadIdx.x], &x[128 + threadIdx.x], 16);
    __pipeline_commit();
    __pipeline_wait_prior(1);
    __syncthreads();
    float4 a = s[0][127 - threadIdx.x];
    __pipeline_wait_prior(0);
    __syncthreads();
    float4 b = s[1][127 - threadIdx.x];
    out[threadIdx.x] = make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}
using namespace nvcuda;
extern "C" __global__ void wmma_gemm(const half* a, const half* b, float* c, int k) {
    wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::row_major> fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 16, half, wmma::col_major> fb;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> fc;
    wmma::fill_fragment(fc, 0.0f);
    for (int i = 0; i < k; i += 16) {
        wmma::load_matrix_sync(fa, a + i, k);
        wmma::load_matrix_sync(fb, b + i, k);
        wmma::mma_sync(fc, fa, fb, fc);
    }
    wmma::store_matrix_sync(c, fc, 16, wmma::mem_row_major);
}
