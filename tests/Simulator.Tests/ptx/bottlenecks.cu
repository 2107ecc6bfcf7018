// Pairs of kernels for the rules of Model/Bottlenecks: one that a rule must name, and its mended twin. All take x, y and n (a power of two).
#include <mma.h>
#include <cuda_fp16.h>
#define K extern "C" __global__ void
#define ARGS const float* __restrict__ x, float* __restrict__ y, int n
#define I (blockIdx.x * blockDim.x + threadIdx.x)

K columns(ARGS) { y[I] = x[(I & 4095) * (n / 4096) + I / 4096]; }
K rows(ARGS) { y[I] = x[I]; }

template <int PITCH>
__device__ void transpose(ARGS) {
    __shared__ float t[32][PITCH];
    const int tx = threadIdx.x & 31, ty = threadIdx.x >> 5, width = 4096, bx = blockIdx.x % 128 * 32, by = blockIdx.x / 128 * 32;
    for (int r = ty; r < 32; r += 8) t[r][tx] = x[(by + r) * width + bx + tx];
    __syncthreads();
    for (int pass = 0; pass < 8; pass++)
        for (int r = ty; r < 32; r += 8) t[(r + pass) & 31][tx] += t[tx][(r + pass) & 31];
    __syncthreads();
    for (int r = ty; r < 32; r += 8) y[(bx + r) * (n / width) + by + tx] = t[tx][r];
}
K unpadded(ARGS) { transpose<32>(x, y, n); }
K padded(ARGS) { transpose<33>(x, y, n); }

// Product of 2048 x 2048 matrices, both in x; TILE outputs a thread in both directions.
template <int TILE>
__device__ __forceinline__ void product(ARGS) {
    constexpr int N = 2048, B = 16 * TILE, D = 16;
    __shared__ __align__(16) float a[D][B + 4], b[D][B + 4];
    const int tx = threadIdx.x & 15, ty = threadIdx.x >> 4, bx = blockIdx.x * B, by = blockIdx.y * B;
    float sum[TILE][TILE] = {};
    for (int k = 0; k < N; k += D) {
        for (int i = threadIdx.x; i < D * B; i += 256) {
            a[i % D][i / D] = x[(by + i / D) * N + k + i % D];
            b[i / B][i % B] = x[(k + i / B) * N + bx + i % B];
        }
        __syncthreads();
#pragma unroll
        for (int q = 0; q < D; q++) {
            float u[TILE], v[TILE];
#pragma unroll
            for (int i = 0; i < TILE; i += TILE > 3 ? 4 : 1)
                if constexpr (TILE > 3) {
                    const float4 p = *reinterpret_cast<float4*>(&a[q][ty * TILE + i]), r = *reinterpret_cast<float4*>(&b[q][tx * 4 + i * 16]);
                    u[i] = p.x, u[i + 1] = p.y, u[i + 2] = p.z, u[i + 3] = p.w;
                    v[i] = r.x, v[i + 1] = r.y, v[i + 2] = r.z, v[i + 3] = r.w;
                } else u[i] = a[q][ty * TILE + i], v[i] = b[q][tx * TILE + i];
#pragma unroll
            for (int i = 0; i < TILE; i++)
#pragma unroll
                for (int j = 0; j < TILE; j++) sum[i][j] = fmaf(u[i], v[j], sum[i][j]);
        }
        __syncthreads();
    }
    for (int i = 0; i < TILE; i++)
        for (int j = 0; j < TILE; j++) y[(by + ty * TILE + i) * N + bx + (TILE > 3 ? j / 4 * 64 + tx * 4 + j % 4 : tx * TILE + j)] = sum[i][j];
}
K product_by_elements(ARGS) { product<1>(x, y, n); }
K __launch_bounds__(256) product_by_tiles(ARGS) { product<8>(x, y, n); }

// The same on tensor cores, halves in x: each fragment of shared memory used once, or often.
template <int USES>
__device__ __forceinline__ void tensor_product(ARGS) {
    using namespace nvcuda;
    constexpr int N = 2048;
    __shared__ __align__(32) __half as[64][24], bs[16][72];
    const __half* h = reinterpret_cast<const __half*>(x);
    const int warp = threadIdx.x / 32, row = blockIdx.y * 64, column = blockIdx.x * 64;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> sum[4];
    for (int j = 0; j < 4; j++) wmma::fill_fragment(sum[j], 0.f);
#pragma unroll 1
    for (int k = 0; k < N; k += 16) {
        *reinterpret_cast<uint4*>(&as[threadIdx.x / 2][threadIdx.x % 2 * 8]) = *reinterpret_cast<const uint4*>(h + (row + threadIdx.x / 2) * N + k + threadIdx.x % 2 * 8);
        *reinterpret_cast<uint4*>(&bs[threadIdx.x / 8][threadIdx.x % 8 * 8]) = *reinterpret_cast<const uint4*>(h + (k + threadIdx.x / 8) * N + column + threadIdx.x % 8 * 8);
        __syncthreads();
        wmma::fragment<wmma::matrix_a, 16, 16, 16, __half, wmma::row_major> a;
        wmma::load_matrix_sync(a, &as[warp * 16][0], 24);
        for (int j = 0; j < 4; j++) {
            wmma::fragment<wmma::matrix_b, 16, 16, 16, __half, wmma::row_major> b;
            wmma::load_matrix_sync(b, &bs[0][j * 16], 72);
#pragma unroll
            for (int use = 0; use < USES; use++) wmma::mma_sync(sum[j], a, b, sum[j]);
        }
        __syncthreads();
    }
    for (int j = 0; j < 4; j++) wmma::store_matrix_sync(y + (row + warp * 16) * N + column + j * 16, sum[j], N, wmma::mem_row_major);
}
K tensor_once(ARGS) { tensor_product<1>(x, y, n); }
K tensor_often(ARGS) { tensor_product<32>(x, y, n); }

K array_by_index(ARGS) {
    float h[32];
    for (int i = 0; i < 32; i++) h[i] = x[(I + i * 256) & (n - 1)];
    float s = 0;
    int at = (int)(h[0] * 16) & 31;
    for (int i = 0; i < 64; i++) {
        s += h[at];
        h[at] = s;
        at = (at * 5 + 7) & 31;
    }
    y[I] = s;
}
K array_in_registers(ARGS) {
    float s = 0;
#pragma unroll
    for (int i = 0; i < 32; i++) s += x[(I + i * 256) & (n - 1)];
    y[I] = s;
}

// One load in flight a thread, or sixteen.
K one_by_one(ARGS) {
    float s = 0;
    int at = I;
#pragma unroll 1
    for (int i = 0; i < 64; i++) {
        s = s * 0.5f + x[at & (n - 1)];
        at += gridDim.x * blockDim.x + (s > 1e30f);
    }
    y[I] = s;
}
K sixteen_at_once(ARGS) {
    float s = 0;
#pragma unroll 1
    for (int i = 0; i < 64; i += 16) {
        float v[16];
#pragma unroll
        for (int j = 0; j < 16; j++) v[j] = x[(I + (i + j) * gridDim.x * blockDim.x) & (n - 1)];
#pragma unroll
        for (int j = 0; j < 16; j++) s = s * 0.5f + v[j];
    }
    y[I] = s;
}

// Copies by few threads.
K narrow(ARGS) {
#pragma unroll 1
    for (int i = I; i < n; i += gridDim.x * blockDim.x) y[i] = x[i];
}
K wide(ARGS) {
#pragma unroll 1
    for (int i = I; i < n / 4; i += gridDim.x * blockDim.x) reinterpret_cast<float4*>(y)[i] = reinterpret_cast<const float4*>(x)[i];
}

// Each 16 KiB is read by four blocks: blocks far apart, or neighbours.
__device__ __forceinline__ void chunk(const float* x, float* y, int at) {
    float s = 0;
#pragma unroll
    for (int i = 0; i < 16; i++) s += x[at * 4096 + i * 256 + threadIdx.x];
    y[I] = s;
}
K far_apart(ARGS) { chunk(x, y, blockIdx.x & 511); }
K side_by_side(ARGS) { chunk(x, y, blockIdx.x >> 2); }

K sum_by_barriers(ARGS) {
    __shared__ float s[512];
    float total = 0;
    for (int i = 0; i < 8; i++) {
        s[threadIdx.x] = x[I + i * gridDim.x * blockDim.x];
        for (int d = blockDim.x / 2; d > 0; d /= 2) {
            __syncthreads();
            if (threadIdx.x < d) s[threadIdx.x] += s[threadIdx.x + d];
        }
        __syncthreads();
        total += s[0];
        __syncthreads();
    }
    y[I] = total;
}
K sum_by_shuffles(ARGS) {
    float total = 0;
    for (int i = 0; i < 8; i++) total += x[I + i * gridDim.x * blockDim.x];
    for (int d = 16; d > 0; d /= 2) total += __shfl_xor_sync(~0u, total, d);
    y[I] = total;
}

__device__ __forceinline__ float work(float v, float a) {
#pragma unroll 16
    for (int i = 0; i < 128; i++) v = fmaf(v, a, 0.25f);
    return v;
}
__device__ __forceinline__ float other(float v, float a) {
#pragma unroll 16
    for (int i = 0; i < 128; i++) v = fmaf(v, v, a);
    return v;
}
K by_lane(ARGS) { y[I] = threadIdx.x & 1 ? work(x[I], 0.5f) : other(x[I], 0.125f); }
K by_warp(ARGS) { y[I] = threadIdx.x & 32 ? work(x[I], 0.5f) : other(x[I], 0.125f); }

K atomic_each(ARGS) { atomicAdd(y, x[I]); }
K atomic_block(ARGS) {
    float s = 0;
    for (int i = 0; i < 8; i++) s += x[I + i * gridDim.x * blockDim.x];
    for (int d = 16; d > 0; d /= 2) s += __shfl_xor_sync(~0u, s, d);
    __shared__ float parts[32];
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = s;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < blockDim.x / 32; i++) s += parts[i];
        atomicAdd(y + blockIdx.x % 64, s);
    }
}

K by_division(ARGS) {
    int i = I;
    for (int d = 3; d < 11; d++) i = (i / (n - d)) * 3 + (i % (n / d)) * (d + i) + (i ^ d);
    y[I] = x[i & (n - 1)];
}
K by_shifts(ARGS) { y[I] = x[(I * 5) & (n - 1) & ~31 | threadIdx.x & 31]; }

K by_exponentials(ARGS) {
    float v = x[I], w = v * 0.5f, s = 0;
#pragma unroll
    for (int i = 0; i < 16; i++) s += __expf(v + i) + __sinf(w + i);
    y[I] = s;
}
K by_polynomial(ARGS) {
    float v = x[I], s = 0;
#pragma unroll
    for (int i = 0; i < 16; i++) s = fmaf(s, v, 0.5f);
    y[I] = s;
}

K with_double_literals(ARGS) {
    float v = x[I];
#pragma unroll
    for (int i = 0; i < 8; i++) v = v * 1.000001 + 0.3;
    y[I] = v;
}
K with_float_literals(ARGS) {
    float v = x[I];
#pragma unroll
    for (int i = 0; i < 8; i++) v = v * 1.000001f + 0.3f;
    y[I] = v;
}
