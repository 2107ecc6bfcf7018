/*launch-plan
{
  "defines": { "VEC": "4 if x.shape[1] % 4 == 0 else 1" },
  "launches": [
    { "kernel": "cumsum", "grid": ["x.shape[0]"], "block": [256], "args": ["x", "out", "x.shape[1]"] }
  ]
}
*/

// Running sums along rows, each read once and written once. A block works through its row in pieces of 4 * 256 vectors and
// carries the sum along. Within a piece, from small to large:
//  * a thread's 4 vectors (16 bytes each, loaded together; VEC is 1 where rows are not aligned) are scanned in registers,
//  * the 32 threads of a warp by shuffles, for all 4 vectors in turn, so that the shuffles overlap,
//  * the 4 * 8 totals of the warps meet in shared memory; every warp scans these 32 numbers by itself, one a lane.
// That takes one barrier a piece, because two sets of totals take turns.

#define VECTORS 4
#define WARPS 8

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

// The vector's running sums, each with `before` added.
__device__ __forceinline__ void store(float* p, const Vector& r, float before) {
#if VEC == 4
    __stcs(reinterpret_cast<float4*>(p), make_float4(before + r.v[0], before + r.v[1], before + r.v[2], before + r.v[3]));
#else
    __stcs(p, before + r.v[0]);
#endif
}

extern "C" __global__ void __launch_bounds__(32 * WARPS) cumsum(const float* __restrict__ x, float* __restrict__ out, int n) {
    __shared__ float totals[2][VECTORS * WARPS];                          // 32 of them: one a lane
    const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    x += (long long)blockIdx.x * n;
    out += (long long)blockIdx.x * n;
    float carry = 0.0f;                                                   // sum of all pieces before this one
    int turn = 0;

    for (int start = 0; start < n; start += VECTORS * 32 * WARPS * VEC, turn ^= 1) {
        Vector r[VECTORS] = {};
        #pragma unroll
        for (int k = 0; k < VECTORS; ++k) {
            const int i = start + (k * 32 * WARPS + threadIdx.x) * VEC;   // n % VEC == 0: wholly inside or wholly outside
            if (i < n) r[k] = load(x + i);
        }

        float sum[VECTORS];                                               // of the warp's vectors up to this lane's
        #pragma unroll
        for (int k = 0; k < VECTORS; ++k) {
            #pragma unroll
            for (int j = 1; j < VEC; ++j) r[k].v[j] += r[k].v[j - 1];
            sum[k] = r[k].v[VEC - 1];
        }
        #pragma unroll
        for (int distance = 1; distance < 32; distance *= 2) {
            #pragma unroll
            for (int k = 0; k < VECTORS; ++k) {
                const float other = __shfl_up_sync(0xffffffffu, sum[k], distance);
                if (lane >= distance) sum[k] += other;
            }
        }

        if (lane == 31) {
            #pragma unroll
            for (int k = 0; k < VECTORS; ++k) totals[turn][k * WARPS + warp] = sum[k];
        }
        __syncthreads();                                                  // the other set is free once all are here
        float total = totals[turn][lane];                                 // sum of the warps' vectors up to number `lane`
        #pragma unroll
        for (int distance = 1; distance < 32; distance *= 2) {
            const float other = __shfl_up_sync(0xffffffffu, total, distance);
            if (lane >= distance) total += other;
        }

        #pragma unroll
        for (int k = 0; k < VECTORS; ++k) {
            const int number = k * WARPS + warp;                          // of this vector; the same for the whole warp
            const float warps_before = __shfl_sync(0xffffffffu, total, max(number - 1, 0));
            const float lanes_before = __shfl_up_sync(0xffffffffu, sum[k], 1);
            const int i = start + (k * 32 * WARPS + threadIdx.x) * VEC;
            if (i < n) store(out + i, r[k], carry + (number > 0 ? warps_before : 0.0f) + (lane > 0 ? lanes_before : 0.0f));
        }
        carry += __shfl_sync(0xffffffffu, total, 31);
    }
}
