// Layer norm of rows of half precision by Welford's update, one block a row, merged by shuffles; eight values a load, tail apart.
#include <cuda_fp16.h>

struct Welford {
    float mean, m2;
    int count;
};

__device__ __forceinline__ Welford merge(Welford a, Welford b) {
    if (b.count == 0) return a;
    const int count = a.count + b.count;
    const float delta = b.mean - a.mean, part = (float)b.count / count;
    return {a.mean + delta * part, a.m2 + b.m2 + delta * delta * a.count * part, count};
}

__device__ __forceinline__ void push(Welford& w, float x) {
    w.count++;
    const float delta = x - w.mean;
    w.mean += delta / w.count;
    w.m2 += delta * (x - w.mean);
}

union Pack {
    uint4 bits;
    __half2 h[4];
};

extern "C" __global__ void welford_norm(const __half* __restrict__ x, const float* __restrict__ gamma, const float* __restrict__ beta, __half* __restrict__ y,
                                        int columns, float eps) {
    __shared__ float means[32], m2s[32];
    __shared__ int counts[32];
    const __half* row = x + (size_t)blockIdx.x * columns;
    __half* to = y + (size_t)blockIdx.x * columns;
    Welford w = {0, 0, 0};
    const int packs = columns % 8 == 0 ? columns / 8 : 0;
    for (int i = threadIdx.x; i < packs; i += blockDim.x) {
        Pack p;
        p.bits = reinterpret_cast<const uint4*>(row)[i];
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const float2 f = __half22float2(p.h[j]);
            push(w, f.x);
            push(w, f.y);
        }
    }
    for (int i = packs * 8 + threadIdx.x; i < columns; i += blockDim.x) push(w, __half2float(row[i]));

#pragma unroll
    for (int step = 16; step > 0; step >>= 1) {
        Welford other = {__shfl_xor_sync(~0u, w.mean, step), __shfl_xor_sync(~0u, w.m2, step), __shfl_xor_sync(~0u, w.count, step)};
        w = w.count == 0 ? other : merge(w, other);
    }
    const int warp = threadIdx.x >> 5, lane = threadIdx.x & 31, warps = (blockDim.x + 31) >> 5;
    if (lane == 0) means[warp] = w.mean, m2s[warp] = w.m2, counts[warp] = w.count;
    __syncthreads();
    if (warp == 0) {
        w = lane < warps ? Welford{means[lane], m2s[lane], counts[lane]} : Welford{0, 0, 0};
#pragma unroll
        for (int step = 16; step > 0; step >>= 1) {
            Welford other = {__shfl_down_sync(~0u, w.mean, step), __shfl_down_sync(~0u, w.m2, step), __shfl_down_sync(~0u, w.count, step)};
            w = w.count == 0 ? other : merge(w, other);
        }
        if (lane == 0) means[0] = w.mean, m2s[0] = rsqrtf(w.m2 / columns + eps);
    }
    __syncthreads();
    const float mean = means[0], scale = m2s[0];
    for (int i = threadIdx.x; i < columns; i += blockDim.x)
        to[i] = __float2half_rn((__half2float(row[i]) - mean) * scale * gamma[i] + beta[i]);
}
