/*launch-plan
{
  "tunables": { "BLOCK": [512, 256], "VECTORS": [4, 2] },
  "defines":  {
    "PLANE": "x.shape[2] * x.shape[3]",
    "CHANNELS": "x.shape[1]",
    "VEC": "4 if PLANE % 4 == 0 else 1"
  },
  "launches": [
    { "kernel": "add_bias<BLOCK, VECTORS>", "grid": ["ceil_div(x.numel // VEC, BLOCK * VECTORS)"], "block": ["BLOCK"],
      "args": ["x", "bias", "out", "x.numel // VEC"] }
  ]
}
*/

// out[b, c, h, w] = x[b, c, h, w] + bias[c]: one read and one write an element, so DRAM bandwidth is the limit. x is one
// long array of 16-byte vectors: VECTORS independent loads a thread, all issued before the first is used, keep enough bytes
// in flight; streaming hints (.cs), because nothing but bias, which stays in the cache, is read twice.
// Shapes are compile-time constants (`defines`), so that finding a vector's channel is a multiplication and a shift, not a
// division. VEC is 4 where a plane is a whole number of vectors: then all 4 elements of one have the same bias.

#if VEC == 4
typedef float4 Elements;
__device__ __forceinline__ Elements add(Elements v, float b) { return make_float4(v.x + b, v.y + b, v.z + b, v.w + b); }
#else
typedef float Elements;
__device__ __forceinline__ Elements add(Elements v, float b) { return v + b; }
#endif

template <int BLOCK_SIZE, int VECTORS_A_THREAD>
__global__ void __launch_bounds__(BLOCK_SIZE) add_bias(const Elements* __restrict__ x, const float* __restrict__ bias, Elements* __restrict__ out, int vectors) {
    const int first = blockIdx.x * (BLOCK_SIZE * VECTORS_A_THREAD) + threadIdx.x;   // an int is enough: the plan checks that `vectors` fits

    Elements v[VECTORS_A_THREAD];
    #pragma unroll
    for (int k = 0; k < VECTORS_A_THREAD; ++k) {
        const int i = first + k * BLOCK_SIZE;
        if (i < vectors) v[k] = __ldcs(x + i);
    }
    #pragma unroll
    for (int k = 0; k < VECTORS_A_THREAD; ++k) {
        const int i = first + k * BLOCK_SIZE;
        if (i < vectors) __stcs(out + i, add(v[k], bias[i / (PLANE / VEC) % CHANNELS]));
    }
}
