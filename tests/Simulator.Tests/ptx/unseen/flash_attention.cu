// Causal attention, one row of queries a thread group of eight lanes, tiles of keys and values in shared memory, online softmax.
#include <cooperative_groups.h>
#include <cooperative_groups/reduce.h>
namespace cg = cooperative_groups;

template <int D, int TILE, int LANES>
__device__ __forceinline__ void attention(const float* __restrict__ q, const float* __restrict__ k, const float* __restrict__ v, float* __restrict__ out,
                                          int length, float scale) {
    constexpr int PART = D / LANES;
    __shared__ __align__(16) float ks[TILE][D + 4];
    __shared__ __align__(16) float vs[TILE][D + 4];
    auto lanes = cg::tiled_partition<LANES>(cg::this_thread_block());
    const int rows = blockDim.x / LANES;
    const int row = blockIdx.x * rows + threadIdx.x / LANES;
    const size_t head = (size_t)blockIdx.y * length * D;
    const int lane = lanes.thread_rank();

    float4 query[PART / 4], sum[PART / 4];
#pragma unroll
    for (int i = 0; i < PART / 4; i++) {
        query[i] = row < length ? reinterpret_cast<const float4*>(q + head + (size_t)row * D)[lane + i * LANES] : make_float4(0, 0, 0, 0);
        sum[i] = make_float4(0, 0, 0, 0);
    }
    float most = -INFINITY, weight = 0;
    const int last = min(length, (int)(blockIdx.x + 1) * rows);
    for (int first = 0; first < last; first += TILE) {
        __syncthreads();
        for (int i = threadIdx.x; i < TILE * D / 4; i += blockDim.x) {
            const int r = i / (D / 4), c = i % (D / 4);
            float4 a = make_float4(0, 0, 0, 0), b = a;
            if (first + r < length) {
                a = __ldg(reinterpret_cast<const float4*>(k + head + (size_t)(first + r) * D) + c);
                b = __ldg(reinterpret_cast<const float4*>(v + head + (size_t)(first + r) * D) + c);
            }
            *reinterpret_cast<float4*>(&ks[r][c * 4]) = a;
            *reinterpret_cast<float4*>(&vs[r][c * 4]) = b;
        }
        __syncthreads();
        for (int j = 0; j < TILE; j++) {
            float dot = 0;
#pragma unroll
            for (int i = 0; i < PART / 4; i++) {
                const float4 a = *reinterpret_cast<const float4*>(&ks[j][(lane + i * LANES) * 4]);
                dot = fmaf(query[i].x, a.x, fmaf(query[i].y, a.y, fmaf(query[i].z, a.z, fmaf(query[i].w, a.w, dot))));
            }
            dot = cg::reduce(lanes, dot, cg::plus<float>()) * scale;
            if (first + j > row || first + j >= length) dot = -INFINITY;
            const float next = fmaxf(most, dot);
            if (next == -INFINITY) continue;
            const float shrink = __expf(most - next), p = __expf(dot - next);
            weight = weight * shrink + p;
#pragma unroll
            for (int i = 0; i < PART / 4; i++) {
                const float4 b = *reinterpret_cast<const float4*>(&vs[j][(lane + i * LANES) * 4]);
                sum[i].x = sum[i].x * shrink + p * b.x;
                sum[i].y = sum[i].y * shrink + p * b.y;
                sum[i].z = sum[i].z * shrink + p * b.z;
                sum[i].w = sum[i].w * shrink + p * b.w;
            }
            most = next;
        }
    }
    if (row < length) {
        const float inverse = __frcp_rn(weight);
#pragma unroll
        for (int i = 0; i < PART / 4; i++)
            reinterpret_cast<float4*>(out + head + (size_t)row * D)[lane + i * LANES] =
                make_float4(sum[i].x * inverse, sum[i].y * inverse, sum[i].z * inverse, sum[i].w * inverse);
    }
}

extern "C" __global__ void __launch_bounds__(128) flash_attention(const float* q, const float* k, const float* v, float* out, int length, float scale) {
    attention<64, 32, 8>(q, k, v, out, length, scale);
}
