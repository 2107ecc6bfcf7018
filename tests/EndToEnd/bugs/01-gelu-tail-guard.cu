/*launch-plan
{
  "tunables": { "BLOCK": [256, 128, 512], "VECTORS": [2, 4, 1] },
  "launches": [
    { "kernel": "gelu<BLOCK, VECTORS>", "grid": ["ceil_div(x.numel, BLOCK * VECTORS * 4)"], "block": ["BLOCK"], "args": ["x", "out", "x.numel"] }
  ]
}
*/

// GELU with the exact error function: out = x/2 * (1 + erf(x / sqrt(2))).
//
// Every element is read once and written once, so DRAM bandwidth is the limit and the work is to keep it busy:
//  * 16-byte accesses: a warp moves 512 neighbouring bytes with one instruction;
//  * VECTORS independent loads a thread, all issued before the first is used, so that more bytes are in flight;
//  * streaming hints (.cs): nothing is read twice, so it need not stay in the caches.
// Shapes do not matter: the tensor is one long array, and only its last elements can be less than a whole vector.

__device__ __forceinline__ float gelu_of(float v) {
    return 0.5f * v * (1.0f + erff(v * 0.70710678118654752f));
}

__device__ __forceinline__ float4 gelu_of(float4 v) {
    return make_float4(gelu_of(v.x), gelu_of(v.y), gelu_of(v.z), gelu_of(v.w));
}

template <int BLOCK_SIZE, int VECTORS_A_THREAD>
__global__ void __launch_bounds__(BLOCK_SIZE) gelu(const float* __restrict__ x, float* __restrict__ out, long long n) {
    const long long tile = (long long)BLOCK_SIZE * VECTORS_A_THREAD * 4;
    const long long start = blockIdx.x * tile;                // first element of this block; 64 bits: byte offsets pass 2^31

    if (start < n) {                                  // the common case: a whole tile, no guards
        const float4* from = reinterpret_cast<const float4*>(x + start);
        float4* to = reinterpret_cast<float4*>(out + start);
        float4 v[VECTORS_A_THREAD];
        #pragma unroll
        for (int k = 0; k < VECTORS_A_THREAD; ++k) v[k] = __ldcs(from + k * BLOCK_SIZE + threadIdx.x);
        #pragma unroll
        for (int k = 0; k < VECTORS_A_THREAD; ++k) __stcs(to + k * BLOCK_SIZE + threadIdx.x, gelu_of(v[k]));
    } else {                                                  // the last block: element by element
        for (long long i = start + threadIdx.x; i < n; i += BLOCK_SIZE) out[i] = gelu_of(x[i]);
    }
}
