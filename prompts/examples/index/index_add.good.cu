/*launch-plan
{
  "tunables": { "VECTORS": [4, 2] },
  "defines": { "VEC": "4 if x.shape[1] % 4 == 0 else 1" },
  "launches": [
    { "kernel": "index_add", "grid": ["x.shape[0]", "ceil_div(x.shape[1], 256 * VECTORS * VEC)"], "block": [256],
      "args": ["x", "indices", "values", "out", "indices.numel", "x.shape[1]"] }
  ]
}
*/

// out = x, then out[indices[n]] += values[n], turned round: instead of scattering every value by atomic additions, a block
// takes one output row and gathers the values that belong there. Sums stay in registers, out is written once, and the order
// is fixed: the same result every time. To find them a block looks at all indices, 64 KiB, after the first block from the L2
// cache: each warp searches an eighth of a window of 8192 and lists its finds in shared memory, in order, placed by ballot.
// Values and rows are moved by neighbouring lanes, 16 bytes each (VEC is 1 where rows do not start on 16-byte boundaries).

#define WARPS 8
#define SHARE 1024                          /* indices of a window that one warp searches */

struct Vector { float v[VEC]; };

__device__ __forceinline__ Vector load(const float* p) {
    Vector r;
#if VEC == 4
    const float4 q = __ldcs(reinterpret_cast<const float4*>(p));
    r.v[0] = q.x; r.v[1] = q.y; r.v[2] = q.z; r.v[3] = q.w;
#else
    r.v[0] = __ldcs(p);
#endif
    return r;
}

extern "C" __global__ void __launch_bounds__(32 * WARPS) index_add(const float* __restrict__ x, const long long* __restrict__ indices,
                                                                   const float* __restrict__ values, float* __restrict__ out, int count, int columns) {
    __shared__ unsigned short found[WARPS][SHARE];
    __shared__ int finds[WARPS];
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    const int row = blockIdx.x;
    const int column = (blockIdx.y * VECTORS * 32 * WARPS + threadIdx.x) * VEC;   // vector k is 256 * VEC columns further for each k

    Vector sum[VECTORS] = {};
    #pragma unroll
    for (int k = 0; k < VECTORS; ++k) {
        if (column + k * 32 * WARPS * VEC < columns) sum[k] = load(x + (long long)row * columns + column + k * 32 * WARPS * VEC);
    }

    for (int window = 0; window < count; window += WARPS * SHARE) {
        int length = 0;                                                   // of this warp's list
        const int first = window + warp * SHARE;
        #pragma unroll 8
        for (int i = 0; i < SHARE; i += 32) {
            const bool hit = first + i + lane < count && indices[first + i + lane] == row;
            const unsigned hits = __ballot_sync(0xffffffffu, hit);
            if (hit) found[warp][length + __popc(hits & ((1u << lane) - 1))] = i + lane;
            length += __popc(hits);
        }
        if (lane == 0) finds[warp] = length;
        __syncthreads();

        for (int w = 0; w < WARPS; ++w) {
            #pragma unroll 2
            for (int f = 0; f < finds[w]; ++f) {
                const float* from = values + (long long)(window + w * SHARE + found[w][f]) * columns;
                #pragma unroll
                for (int k = 0; k < VECTORS; ++k) {
                    if (column + k * 32 * WARPS * VEC < columns) {
                        const Vector r = load(from + column + k * 32 * WARPS * VEC);
                        #pragma unroll
                        for (int j = 0; j < VEC; ++j) sum[k].v[j] += r.v[j];
                    }
                }
            }
        }
        __syncthreads();                                                  // the next window overwrites the lists
    }

    #pragma unroll
    for (int k = 0; k < VECTORS; ++k) {
        float* to = out + (long long)row * columns + column + k * 32 * WARPS * VEC;
        if (column + k * 32 * WARPS * VEC < columns) {
#if VEC == 4
            __stcs(reinterpret_cast<float4*>(to), make_float4(sum[k].v[0], sum[k].v[1], sum[k].v[2], sum[k].v[3]));
#else
            __stcs(to, sum[k].v[0]);
#endif
        }
    }
}
