// 3 x 3 convolution as an implicit matrix product: M = N·H·W pixels, K = C·9, two stages of cp.async with zero fill at the borders.
#include <cuda_pipeline.h>

constexpr int BM = 64, BN = 32, BK = 8;

struct Shape {
    int n, c, h, w, filters;
};

extern "C" __global__ void __launch_bounds__(128) implicit_conv(const float* __restrict__ x, const float* __restrict__ filter, const float* __restrict__ bias, float* __restrict__ y, Shape s) {
    __shared__ __align__(16) float pixels[2][BK][BM];
    __shared__ __align__(16) float weights[2][BN][BK];
    const int depth = s.c * 9, m0 = blockIdx.x * BM, n0 = blockIdx.y * BN, all = s.n * s.h * s.w;

    auto load = [&](int stage, int k0) {
        for (int i = threadIdx.x; i < BK * BM; i += 128) {
            const int kk = i / BM, mm = i % BM, k = k0 + kk, m = m0 + mm;
            const int image = m / (s.h * s.w), pixel = m % (s.h * s.w);
            const int row = pixel / s.w + k % 9 / 3 - 1, column = pixel % s.w + k % 3 - 1, channel = k / 9;
            const bool inside = k < depth && m < all && row >= 0 && row < s.h && column >= 0 && column < s.w;
            const float* from = inside ? x + (((size_t)image * s.c + channel) * s.h + row) * s.w + column : x;
            __pipeline_memcpy_async(&pixels[stage][kk][mm], from, 4, inside ? 0 : 4);
        }
        for (int i = threadIdx.x; i < BN * BK; i += 128) {
            const int nn = i / BK, kk = i % BK;
            const bool inside = n0 + nn < s.filters && k0 + kk < depth;
            __pipeline_memcpy_async(&weights[stage][nn][kk], inside ? filter + (size_t)(n0 + nn) * depth + k0 + kk : filter, 4, inside ? 0 : 4);
        }
        __pipeline_commit();
    };

    float sum[4][4] = {};
    const int tm = threadIdx.x % 16 * 4, tn = threadIdx.x / 16 * 4;
    const int steps = (depth + BK - 1) / BK;
    load(0, 0);
    for (int step = 0; step < steps; step++) {
        if (step + 1 < steps) {
            load((step + 1) & 1, (step + 1) * BK);
            __pipeline_wait_prior(1);
        } else {
            __pipeline_wait_prior(0);
        }
        __syncthreads();
        const int stage = step & 1;
#pragma unroll
        for (int k = 0; k < BK; k++) {
            const float4 p = *reinterpret_cast<const float4*>(&pixels[stage][k][tm]);
            const float a[4] = {p.x, p.y, p.z, p.w};
#pragma unroll
            for (int j = 0; j < 4; j++) {
                const float w = weights[stage][tn + j][k];
#pragma unroll
                for (int i = 0; i < 4; i++) sum[i][j] = fmaf(a[i], w, sum[i][j]);
            }
        }
        __syncthreads();
    }
#pragma unroll
    for (int i = 0; i < 4; i++) {
        const int m = m0 + tm + i;
        if (m >= all) break;
        const int image = m / (s.h * s.w), pixel = m % (s.h * s.w);
        for (int j = 0; j < 4; j++) {
            const int f = n0 + tn + j;
            if (f < s.filters) {
                const float v = sum[i][j] + bias[f];
                y[((size_t)image * s.filters + f) * s.h * s.w + pixel] = v > 0 ? v : expm1f(v);
            }
        }
    }
}
